namespace Fluxgate;

/// <content>Which transitions are announced, in which order, and what timers must not do.</content>
public sealed partial class ListenerTraps
{
    private const int Threads = 4;

    [Fact]
    public void L6_Each_listener_receives_every_transition_once_and_in_order()
    {
        var received = new List<Signal>();
        var (receiving, together) = (0, 0);
        var settings = TwoFailures.Settings();
        settings.BreakDuration = BreakDuration.None;
        settings.Listeners.Add(
            (Signal signal) =>
            {
                together += Interlocked.Increment(ref receiving) == 1 ? 0 : 1;
                received.Add(signal);
                Thread.Yield();
                Interlocked.Decrement(ref receiving);
            }
        );
        var world = new World(settings);
        using var meeting = new Barrier(Threads);
        var threads = Enumerable
            .Range(1, Threads)
            .Select(seed =>
                Deadline.Start(() =>
                {
                    meeting.SignalAndWait();
                    DoAnything(world.Breaker, seed);
                })
            )
            .ToList();
        threads.ForEach(thread => thread.End());
        Deadline.Run(world.Breaker.Dispose);

        var now = world.Now;
        Assert.True(now.SignalCount > 1000);
        Assert.Equal(0, together);
        Assert.Equal(received, world.Signals);
        Assert.Equal(
            Enumerable.Range(1, (int)now.SignalCount).Select(number => (long)number),
            received.Select(signal => signal.SequenceNumber)
        );
        Assert.Equal(received.Select(signal => signal.NewState).SkipLast(1), received.Select(signal => signal.OldState).Skip(1));
        Assert.DoesNotContain(received, signal => signal.OldState == signal.NewState);
        Assert.Equal(now.State, received[^1].NewState);
        Assert.All(
            received.GroupBy(signal => (signal.OldState, signal.NewState)),
            kind => Assert.Equal(kind.Count(), now.Transitions(kind.Key.OldState, kind.Key.NewState))
        );
    }

    [Fact]
    public void L6_Of_many_calls_that_trip_at_once_one_raises_the_signal()
    {
        // Each world is one failure short of opening; the threads synchronize before each, so that they settle together.
        var caused = 0;
        var rounds = Enumerable
            .Range(0, 1000)
            .Select(_ => TwoFailures.World())
            .Select(world => (world, calls: world.Ask(Threads)))
            .ToList();
        rounds.ForEach(round => round.world.Fail());
        using var meeting = new Barrier(Threads);
        var threads = Enumerable
            .Range(0, Threads)
            .Select(thread =>
                Deadline.Start(() =>
                {
                    foreach (var (_, calls) in rounds)
                    {
                        meeting.SignalAndWait();
                        Interlocked.Add(ref caused, calls[thread].Settle(Verdict.Failure) is null ? 0 : 1);
                    }
                })
            )
            .ToList();
        threads.ForEach(thread => thread.End());

        Assert.Equal(rounds.Count, caused);
        Assert.All(rounds, round => Assert.Equal((1, Threads + 1), (round.world.Signals.Count, round.world.Now.Failures)));
    }

    [Fact]
    public void L6_A_transition_that_lost_a_race_raises_no_signal()
    {
        using var entered = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        var settings = TwoFailures.Settings();
        settings.BreakDuration = new SlowBreak(entered, gate);
        var world = new World(settings);
        var (first, second, third) = (world.Begin(), world.Begin(), world.Begin());
        first.Settle(Verdict.Failure);
        Signal? late = null;
        var tripping = Deadline.Start(() => late = second.Settle(Verdict.Failure));
        Deadline.Await(entered);

        Deadline.Run(() =>
        {
            Assert.Null(third.Settle(Verdict.Failure));
            Assert.NotNull(world.Breaker.ForceOpen());
        });
        gate.Set();
        tripping.End();

        Assert.Null(late);
        Assert.Equal("payments: closed -> forced_open (forced open by hand)", Assert.Single(world.Signals).ToString());
        Assert.Equal((1, 0), (world.Now.SignalCount, world.Now.Transitions(BreakerState.Closed, BreakerState.Open)));
    }

    [Fact]
    public void L6_A_transition_caused_by_a_listener_arrives_after_the_current_one()
    {
        World? world = null;
        var received = new List<Signal>();
        var settings = TwoFailures.Settings();
        settings.Listeners.Add(
            (Signal signal) =>
            {
                if (signal.NewState == BreakerState.Open)
                {
                    world!.Breaker.Probe();
                    world.Breaker.Reset();
                }

                received.Add(signal);
            }
        );
        world = new(settings);
        Deadline.Run(() => world.Fail(2));

        Assert.Equal(world.Signals, received);
        Assert.Equal([BreakerState.Open, BreakerState.HalfOpen, BreakerState.Closed], world.Signals.Select(signal => signal.NewState));
    }

    [Theory]
    [InlineData(BreakerState.Closed)]
    [InlineData(BreakerState.HalfOpen)]
    [InlineData(BreakerState.MetricsOnly)]
    [InlineData(BreakerState.Disabled)]
    [InlineData(BreakerState.ForcedOpen)]
    public void L7_The_timer_of_a_break_does_not_change_a_manual_state(BreakerState state)
    {
        var world = TimedWorld();
        world.Fail(2);
        Assert.Equal(1, world.Time.ArmedTimers);
        world.Wait(4);
        Command(world.Breaker, state);

        world.Wait(3600);
        Assert.Equal((state, 2), (world.State, world.Signals.Count));
    }

    [Theory]
    [InlineData(BreakerState.Closed)]
    [InlineData(BreakerState.MetricsOnly)]
    [InlineData(BreakerState.Disabled)]
    [InlineData(BreakerState.ForcedOpen)]
    public void L7_Probes_and_their_leases_do_not_change_a_manual_state(BreakerState state)
    {
        var world = TimedWorld();
        world.AwaitProbe();
        var probes = world.Ask(10);
        Command(world.Breaker, state);

        world.Wait(3600);
        Assert.All(probes.Skip(1), probe => Assert.Null(probe.Settle(Verdict.Failure)));
        Assert.Null(probes[0].Settle(Verdict.Success));
        Assert.Equal((state, 3, 10), (world.State, world.Signals.Count, world.Now.Stale));
    }

    [Fact]
    public void L7_The_timer_of_an_earlier_break_does_not_end_a_later_one()
    {
        var world = TimedWorld();
        world.Fail(2);
        world.Wait(3);
        world.Breaker.Reset();
        world.Fail(2);

        world.Wait(4.999);
        Assert.Equal(BreakerState.Open, world.State);
        world.Wait(0.001);
        Assert.Equal(BreakerState.HalfOpen, world.State);
    }

    [Fact]
    public void L7_A_manual_trip_ends_by_the_timer()
    {
        var world = TimedWorld();
        world.Breaker.Trip();
        world.Wait(4.999);
        Assert.Equal(BreakerState.Open, world.State);
        world.Wait(0.001);
        Assert.Equal(BreakerState.HalfOpen, world.State);
    }

    private static World TimedWorld()
    {
        var settings = TwoFailures.Settings();
        settings.ProbeWithoutTraffic = true;
        return new(settings);
    }

    private static void DoAnything(FluxgateBreaker breaker, int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 5000; i++)
        {
            if (random.Next(8) == 0)
            {
                Command(breaker, (BreakerState)random.Next(6));
            }
            else if (breaker.TryAdmit(out var admission))
            {
                admission.Settle((Verdict)random.Next(3));
            }
        }
    }

    private static void Command(FluxgateBreaker breaker, BreakerState state) =>
        _ = state switch
        {
            BreakerState.Closed => breaker.Reset(),
            BreakerState.Open => breaker.Trip(),
            BreakerState.HalfOpen => breaker.Probe(),
            BreakerState.MetricsOnly => breaker.MetricsOnly(),
            BreakerState.Disabled => breaker.Disable(),
            _ => breaker.ForceOpen(),
        };
}
