namespace Fluxgate;

/// <summary>A call that waits for its caller does not wait for the dependency.</summary>
public sealed class PausesOfCalls
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly World _world = new(new() { Tripper = Tripper.MinRequests(2) & Tripper.SlowRate(1, Second) });

    private SlowCallCount Slow => _world.Now.SlowCalls[0];

    [Theory]
    [InlineData(10, 0.5, 0)]
    [InlineData(0.5, 10, 1)]
    public void Only_waits_make_a_call_slow(double paused, double waited, long slow)
    {
        var call = _world.Begin();
        call.Pause();
        _world.Wait(paused);
        call.Resume();
        _world.Wait(waited);
        call.Pause();
        _world.Wait(paused);

        call.Settle(Verdict.Success);

        Assert.Equal((slow, 1, 0), (Slow.Total, _world.Now.Successes, _world.Now.InFlight));
    }

    [Fact]
    public void A_paused_call_is_in_flight_and_never_overdue()
    {
        var calls = _world.Ask(2);
        Assert.All(calls, call => call.Pause());
        _world.Wait(60);
        Assert.Equal((BreakerState.Closed, 0, 2), (_world.State, Slow.Overdue, _world.Now.InFlight));
        Assert.Null(_world.Now.OldestInFlight);

        Assert.All(calls, call => call.Resume());
        _world.Wait(1.25);

        Assert.Equal(BreakerState.Open, _world.State);
    }

    [Fact]
    public void Repeated_pauses_and_resumes_do_nothing()
    {
        var call = _world.Begin();
        call.Resume();
        _world.Wait(0.5);
        call.Pause();
        call.Pause();
        _world.Wait(10);
        call.Resume();
        call.Resume();
        call.Settle(Verdict.Success);
        call.Pause();
        call.Resume();

        Assert.Equal((0, 1, 0), (Slow.Total, _world.Now.Successes, _world.Now.InFlight));
    }

    [Theory]
    [InlineData(false, 0, 1)]
    [InlineData(true, 1, 0)]
    public void A_paused_call_that_its_caller_abandons_did_not_wait(bool hasProgressed, long successes, long ignored)
    {
        var call = _world.Begin();
        if (hasProgressed)
        {
            call.Progress();
        }

        call.Pause();
        _world.Wait(60);
        call.SettleAbandoned();

        Assert.Equal((successes, 0, ignored), (_world.Now.Successes, _world.Now.Failures, _world.Now.Ignored));
    }

    [Fact]
    public void Progress_ends_a_pause()
    {
        var call = _world.Begin();
        call.Pause();
        _world.Wait(10);
        call.Progress();
        _world.Wait(2);

        call.Settle(Verdict.Success);

        Assert.Equal(1, Slow.Total);
    }

    [Theory]
    [InlineData(20, BreakerState.HalfOpen)]
    [InlineData(31, BreakerState.Open)]
    public void A_pause_does_not_suspend_the_lease_of_a_probe(double paused, BreakerState state)
    {
        _world.Breaker.Reconfigure(new() { Tripper = Tripper.FailureStreak(1), ProbeLease = TimeSpan.FromSeconds(30) });
        _world.Breaker.Probe();
        var probe = _world.Begin();
        _world.Wait(20);
        probe.Pause();
        _world.Wait(paused);
        probe.Resume();

        probe.Settle(Verdict.Success);

        Assert.Equal(state, _world.State);
    }

    [Fact]
    public void Calls_inside_a_probe_belong_to_it()
    {
        _world.Breaker.Reconfigure(new() { Permit = Permit.MaxConcurrent(1), Recovery = Recovery.AfterProbes(1) });
        _world.Breaker.Probe();
        using var probe = _world.Begin();

        Assert.True(probe.Run(breaker => breaker.TryAdmit(out var inner) && inner.Settle(Verdict.Success) is null, _world.Breaker));
        _world.Rejects();
        probe.Settle(Verdict.Success);

        Assert.Equal(BreakerState.Closed, _world.State);
        using var call = _world.Begin();
        Assert.Equal(42, call.Run(number => number + 1, 41));
    }

    [Fact]
    public void TryAdmit_can_return_the_rejection()
    {
        Assert.True(_world.Breaker.TryAdmit(out var admission, out var none));
        admission.Dispose();
        Assert.Null(none);
        _world.Breaker.Trip("by hand");

        Assert.False(_world.Breaker.TryAdmit(out admission, out var rejection));

        Assert.Null(admission);
        Assert.Equal(("payments", BreakerState.Open, 1), (rejection.CircuitName, rejection.State, _world.Now.Rejected));
    }

    [Fact]
    public void Errors_of_predicates_outside_of_a_pipeline_are_counted_and_reported()
    {
        var error = new InvalidOperationException("predicate");

        _world.Breaker.ReportUserError(UserErrorSource.Predicate, error);

        Assert.Equal(1, _world.Now.UserErrors(UserErrorSource.Predicate));
        Assert.Same(error, _world.Notices.OfType<UserErrorNotice>().Single().Error);
        var unknown = Assert.Throws<ArgumentOutOfRangeException>(() => _world.Breaker.ReportUserError((UserErrorSource)99, error));
        Assert.StartsWith("source must be a UserErrorSource, but is 99.", unknown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_group_returns_the_breaker_of_a_call_and_the_shared_one_without_a_key()
    {
        using var group = new BreakerGroup("tenants");

        Assert.Same(group.GetOrAdd("a"), group.GetForCall("A", tenant => tenant.ToLowerInvariant()));
        Assert.Same(group.Shared, group.GetForCall("A", _ => null));
        Assert.Same(group.Shared, group.GetForCall("A", string? (_) => throw new InvalidOperationException("selector")));

        var now = group.Snapshot();
        Assert.Equal((1, 1), (now.SharedCalls(SharedCallReason.NoKey), now.SharedCalls(SharedCallReason.SelectorError)));
        Assert.Equal(1, now.Shared.UserErrors(UserErrorSource.KeySelector));
    }
}
