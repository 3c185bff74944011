namespace Fluxgate;

/// <summary>A user's time provider whose timers throw: calls continue, and calls that hang are found once it works again.</summary>
public sealed class FaultyOverdueTimers : IDisposable
{
    private readonly FaultyTimers _time = new();
    private readonly FluxgateBreaker _breaker;

    public FaultyOverdueTimers() =>
        _breaker = new("payments", new() { Tripper = Tripper.MinRequests(2) & Tripper.SlowRate(0.5, TimeSpan.FromSeconds(1)) }, _time);

    public void Dispose() => _breaker.Dispose();

    public static TheoryData<string> Faults => ["reading", "creation", "change"];

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_timer_that_throws_once_is_set_again(string fault)
    {
        Set(fault, fails: true);
        Assert.True(_breaker.TryAdmit(out var first));
        first.Settle(Verdict.Success);
        Assert.Equal(1, _breaker.Snapshot().UserErrors(UserErrorSource.Clock));

        Set(fault, fails: false);
        _time.Inner.Advance(TimeSpan.FromSeconds(1));
        Assert.True(_breaker.TryAdmit(out _));
        Assert.True(_breaker.TryAdmit(out _));
        _time.Inner.Advance(TimeSpan.FromSeconds(1.25));

        Assert.Equal(BreakerState.Open, _breaker.State);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void Calls_begin_resume_and_settle_while_timers_throw(string fault)
    {
        Set(fault, fails: true);
        Assert.True(_breaker.TryAdmit(out var call));
        call.Pause();
        _time.Inner.Advance(TimeSpan.FromSeconds(10));

        call.Resume();
        call.Settle(Verdict.Success);

        Assert.Equal((1, 0), (_breaker.Snapshot().Successes, _breaker.Snapshot().InFlight));
        Assert.Equal(2, _breaker.Snapshot().UserErrors(UserErrorSource.Clock));
    }

    private void Set(string fault, bool fails)
    {
        _time.ReadingFails = fails && fault == "reading";
        _time.CreationFails = fails && fault == "creation";
        _time.ChangeFails = fails && fault == "change";
    }
}
