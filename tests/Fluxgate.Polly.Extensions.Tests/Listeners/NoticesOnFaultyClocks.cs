namespace Fluxgate;

/// <summary>Checks that repeated notices are logged although the timers of a user's clock throw or hang.</summary>
public sealed class NoticesOnFaultyClocks
{
    private readonly FaultyTimers _time = new();
    private readonly RecordedLog<LogListener> _log = new();
    private readonly LogListener _listener;

    public NoticesOnFaultyClocks() => _listener = new(_log);

    [Fact]
    public void A_disposal_that_throws_does_not_throw_on_the_timers_thread()
    {
        _time.DisposalFails = true;
        var breaker = BreakerOn(_time);
        breaker.Fail();
        _time.Inner.Advance(TimeSpan.FromMinutes(1));
        breaker.Fail();

        Assert.Equal(2, WouldTrips);
    }

    [Fact]
    public void Notices_are_logged_while_no_timer_can_be_created()
    {
        _time.CreationFails = true;
        var breaker = BreakerOn(_time);
        breaker.Fail(2);
        Assert.Equal(2, WouldTrips);

        _time.CreationFails = false;
        breaker.Fail(2);

        Assert.Equal(3, WouldTrips);
    }

    [Fact]
    public void A_breaker_whose_timer_cannot_be_disposed_is_forgotten()
    {
        _time.DisposalFails = true;
        using (var breaker = BreakerOn(_time))
        {
            breaker.Fail();
        }

        using var next = BreakerOn(TimeProvider.System);
        next.Fail();

        Assert.Equal((2, 0), (WouldTrips, _time.Inner.ArmedTimers));
    }

    [Fact]
    public void No_other_breaker_waits_while_a_timer_is_disposed()
    {
        using var other = BreakerOn(TimeProvider.System, "orders");
        var hasCalled = false;
        using (var breaker = BreakerOn(new Disposals(() => hasCalled = Task.Run(() => other.Fail()).Wait(DiContainer.Deadline))))
        {
            breaker.Fail();
        }

        Assert.True(hasCalled);
        Assert.Equal(2, WouldTrips);
    }

    private int WouldTrips => _log.Entries.Count(entry => entry.Id.Name == "CircuitWouldTrip");

    private FluxgateBreaker BreakerOn(TimeProvider time, string name = "payments") =>
        new(
            name,
            new()
            {
                Tripper = Tripper.FailureStreak(1),
                InitialState = BreakerState.MetricsOnly,
                Listeners = { _listener },
            },
            time
        );

    /// <summary>A clock whose timers never fire, and run an action when they are disposed.</summary>
    private sealed class Disposals(Action onDisposal) : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new DisposedTimer(onDisposal);

        private sealed class DisposedTimer(Action onDisposal) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose() => onDisposal();

            public ValueTask DisposeAsync()
            {
                Dispose();
                return default;
            }
        }
    }
}
