namespace Fluxgate;

/// <summary>Rule 9: each listener receives every signal once, in order, never two at a time.</summary>
public sealed class SignalsAndListeners
{
    [Fact]
    public void Each_signal_arrives_once_and_in_order_with_its_number_and_time()
    {
        var world = new World();
        var start = world.Time.GetUtcNow();

        world.Breaker.Trip("a");
        world.Wait(10);
        world.Breaker.Reset("b");
        world.Wait(10);
        world.Breaker.Disable("c");

        Assert.Equal([1L, 2, 3], world.Signals.Select(signal => signal.SequenceNumber));
        Assert.Equal(["a", "b", "c"], world.Signals.Select(signal => signal.Reason.ToString()));
        Assert.Equal([0.0, 10, 20], world.Signals.Select(signal => (signal.Timestamp - start).TotalSeconds));
        Assert.Equal(world.Signals.Skip(1).Select(signal => signal.OldState), world.Signals.SkipLast(1).Select(signal => signal.NewState));
    }

    [Fact]
    public void A_signal_that_a_listener_causes_arrives_after_the_current_one()
    {
        FluxgateBreaker? breaker = null;
        var received = new List<string>();
        breaker = new(
            "payments",
            new()
            {
                Listeners =
                {
                    signal =>
                    {
                        received.Add($"begin {signal.NewState}");
                        if (signal.NewState == BreakerState.Open)
                        {
                            Assert.NotNull(breaker!.Reset());
                        }

                        received.Add($"end {signal.NewState}");
                    },
                    signal => received.Add($"second {signal.NewState}"),
                },
            },
            new VirtualTime()
        );

        breaker.Trip();

        Assert.Equal(
            ["begin Open", "end Open", "begin Closed", "end Closed"],
            received.Where(what => !what.StartsWith("second", StringComparison.Ordinal))
        );
        Assert.Equal(["second Open", "second Closed"], received.Where(what => what.StartsWith("second", StringComparison.Ordinal)));
        Assert.Equal(BreakerState.Closed, breaker.State);
    }

    [Fact]
    public void A_listener_is_called_before_the_call_that_tripped_returns()
    {
        var world = new World(new() { Tripper = Tripper.FailureStreak(1) });
        var admission = world.Begin();
        Assert.Empty(world.Signals);

        admission.Settle(Verdict.Failure);

        Assert.Single(world.Signals);
    }

    [Fact]
    public void OnAttached_is_called_before_anything_else()
    {
        var received = new List<string>();
        var listener = new EventLog(received);
        var breaker = new FluxgateBreaker("payments", new() { Listeners = { listener } }, new VirtualTime());
        Assert.Equal(["attached payments closed"], received);

        breaker.Trip();
        breaker.Dispose();
        breaker.Dispose();

        Assert.Equal(["attached payments closed", "closed -> open", "detached payments open"], received);
    }

    [Fact]
    public void OnAttached_is_called_before_a_signal_that_another_listener_causes()
    {
        var received = new List<string>();
        _ = new FluxgateBreaker("payments", new() { Listeners = { new TripsWhenAttached(), new EventLog(received) } }, new VirtualTime());

        Assert.Equal(["attached payments open", "closed -> open"], received);
    }

    [Fact]
    public void Notices_arrive_in_order_with_the_signals()
    {
        var received = new List<string>();
        var breaker = new FluxgateBreaker(
            "payments",
            new()
            {
                Tripper = Tripper.FailureStreak(1),
                InitialState = BreakerState.MetricsOnly,
                Listeners = { new EventLog(received) },
            },
            new VirtualTime()
        );

        breaker.Admit().Settle(Verdict.Failure);
        breaker.Reset();
        breaker.Admit().Settle(Verdict.Failure);

        Assert.Equal(
            [
                "attached payments metrics_only",
                "payments: would have opened (FailureStreak 1 >= 1)",
                "metrics_only -> closed",
                "closed -> open",
            ],
            received
        );
    }

    private sealed class TripsWhenAttached : ICircuitListener
    {
        public void OnAttached(FluxgateBreaker breaker) => breaker.Trip();

        public void OnSignal(Signal signal) { }
    }

    private sealed class EventLog(List<string> received) : ICircuitListener
    {
        public void OnAttached(FluxgateBreaker breaker) => received.Add($"attached {breaker.Name} {breaker.State.ToLabel()}");

        public void OnSignal(Signal signal) => received.Add($"{signal.OldState.ToLabel()} -> {signal.NewState.ToLabel()}");

        public void OnNotice(Notice notice) => received.Add(notice.ToString()!);

        public void OnDetached(FluxgateBreaker breaker) => received.Add($"detached {breaker.Name} {breaker.State.ToLabel()}");
    }
}
