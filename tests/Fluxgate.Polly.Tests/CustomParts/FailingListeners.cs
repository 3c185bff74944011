namespace Fluxgate;

/// <summary>An exception of a listener is counted and reported to the others; the call that caused the signal is not affected.</summary>
public sealed class FailingListeners
{
    [Fact]
    public void A_listener_that_throws_affects_neither_other_listeners_nor_callers()
    {
        var broken = new ThrowingListener { AtSignals = true };
        var world = new World(new() { Tripper = Tripper.FailureStreak(1), Listeners = { broken } });

        world.Fail();

        Assert.Equal((BreakerState.Open, "signal"), (world.State, broken.Received[1]));
        Assert.Single(world.Signals);
        world.AssertFailed(UserErrorSource.Listener, 1);
    }

    [Fact]
    public void A_listener_that_throws_receives_the_next_signal()
    {
        var broken = new ThrowingListener { AtSignals = true };
        var world = new World(new() { Listeners = { broken } });

        world.Breaker.Trip();
        world.Breaker.Reset();
        world.Breaker.Trip();

        Assert.Equal(3, broken.Received.Count(what => what is "signal"));
        Assert.Equal([1, 2, 3], world.Signals.Select(signal => signal.SequenceNumber));
        world.AssertFailed(UserErrorSource.Listener, 3);
    }

    [Fact]
    public void A_listener_that_throws_in_OnNotice_is_not_called_endlessly()
    {
        var broken = new ThrowingListener { AtNotices = true };
        var world = new World(
            new()
            {
                Tripper = Tripper.FailureStreak(1),
                InitialState = BreakerState.MetricsOnly,
                Listeners = { broken },
            }
        );

        world.Fail();

        // The would-trip, and the error in OnNotice. The error in the notice of that error is only counted.
        Assert.Equal(["attached", "WouldTripNotice", "UserErrorNotice"], broken.Received);
        Assert.Equal([typeof(WouldTripNotice), typeof(UserErrorNotice)], world.Notices.Select(notice => notice.GetType()));
        Assert.Equal(2, world.Now.UserErrors(UserErrorSource.Listener));
    }

    [Fact]
    public void A_listener_that_throws_in_OnAttached_is_counted_and_gets_signals()
    {
        var broken = new ThrowingListener { WhenAttached = true };
        var world = new World(new() { Listeners = { broken } });
        world.AssertFailed(UserErrorSource.Listener, 1);

        world.Breaker.Trip();

        Assert.Equal(["attached", "UserErrorNotice", "signal"], broken.Received);
    }

    [Fact]
    public void Other_listeners_are_detached_when_one_throws_in_OnDetached()
    {
        var (broken, other) = (new ThrowingListener { WhenDetached = true }, new ThrowingListener());
        var world = new World(new() { Listeners = { broken, other } });

        world.Breaker.Dispose();

        Assert.Equal(["attached", "detached"], other.Received);
        Assert.Equal(1, world.Now.UserErrors(UserErrorSource.Listener));
    }

    [Fact]
    public async Task An_asynchronous_listener_that_throws_receives_the_next_signal()
    {
        var received = new List<long>();
        var world = new World(
            new()
            {
                Listeners =
                {
                    (signal, _) =>
                    {
                        received.Add(signal.SequenceNumber);
                        throw Broken.Error;
                    },
                },
            }
        );

        world.Breaker.Trip();
        world.Breaker.Reset();
        await world.Breaker.DisposeAsync();

        Assert.Equal([1, 2], received);
        Assert.Equal(2, world.Now.UserErrors(UserErrorSource.Listener));
    }

    [Fact]
    public void Every_one_of_many_errors_is_counted()
    {
        var world = new World(new() { Tripper = new Broken.OwnTripper(Broken.Throw<bool>) });

        world.Fail(5000);

        Assert.Equal(5000, world.Now.UserErrors(UserErrorSource.Tripper));
    }

    private sealed class ThrowingListener : ICircuitListener
    {
        public bool AtSignals { get; init; }

        public bool AtNotices { get; init; }

        public bool WhenAttached { get; init; }

        public bool WhenDetached { get; init; }

        public List<string> Received { get; } = [];

        public void OnAttached(FluxgateBreaker breaker) => Record("attached", WhenAttached);

        public void OnSignal(Signal signal) => Record("signal", AtSignals);

        public void OnNotice(Notice notice) => Record(notice.GetType().Name, AtNotices);

        public void OnDetached(FluxgateBreaker breaker) => Record("detached", WhenDetached);

        private void Record(string what, bool fails)
        {
            Received.Add(what);
            if (fails)
            {
                throw Broken.Error;
            }
        }
    }
}
