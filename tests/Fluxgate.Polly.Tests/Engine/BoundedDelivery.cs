namespace Fluxgate;

public sealed class BoundedDelivery
{
    [Fact]
    public void One_call_delivers_a_limited_number_of_signals_and_the_pool_the_rest()
    {
        var (caller, here) = (Environment.CurrentManagedThreadId, 0);
        var numbers = new List<long>();
        FluxgateBreaker? breaker = null;
        void Receive(Signal signal)
        {
            here += Environment.CurrentManagedThreadId == caller ? 1 : 0;
            numbers.Add(signal.SequenceNumber);
            if (signal.SequenceNumber < 100)
            {
                _ = signal.NewState == BreakerState.Closed ? breaker!.Trip() : breaker!.Reset();
            }
        }

        breaker = new("payments", new() { Listeners = { Receive } });
        breaker.Trip();
        var delivered = Volatile.Read(ref here);
        SpinWait.SpinUntil(() => breaker.Snapshot().SignalCount == 100, TimeSpan.FromMinutes(1));
        breaker.Dispose();

        Assert.InRange(delivered, 1, 16);
        Assert.Equal(Enumerable.Range(1, 100).Select(number => (long)number), numbers);
    }

    [Fact]
    public void A_slow_listener_delays_a_call_by_one_signal()
    {
        var (caller, here) = (Environment.CurrentManagedThreadId, 0);
        var world = new World();
        FluxgateBreaker? breaker = null;
        void Receive(Signal signal)
        {
            here += Environment.CurrentManagedThreadId == caller ? 1 : 0;
            if (signal.SequenceNumber < 5)
            {
                _ = signal.NewState == BreakerState.Closed ? breaker!.Trip() : breaker!.Reset();
            }

            world.Wait(1);
        }

        breaker = new("slow", new() { Listeners = { Receive } }, world.Time);
        breaker.Trip();
        var delivered = Volatile.Read(ref here);
        SpinWait.SpinUntil(() => breaker.Snapshot().SignalCount == 5, TimeSpan.FromMinutes(1));

        Assert.Equal(1, delivered);
    }

    [Fact]
    public void A_listener_that_causes_an_error_in_OnNotice_is_not_called_endlessly()
    {
        World? world = null;
        var notices = 0;
        var settings = new FluxgateBreakerSettings
        {
            Window = new BrokenWindow(),
            Listeners = { new Reader(() => _ = world!.Now, () => notices++) },
        };
        world = new(settings);

        Deadline.Run(() => world.Fail());
        world.Breaker.Dispose();

        Assert.InRange(notices, 1, 2);
        Assert.True(world.Now.UserErrors(UserErrorSource.Window) > notices);
    }

    [Fact]
    public void The_backlog_of_a_hanging_listener_is_bounded_and_drops_are_counted()
    {
        using var gate = new ManualResetEventSlim();
        using var entered = new ManualResetEventSlim();
        var numbers = new List<long>();
        var world = new World(
            new()
            {
                Listeners =
                {
                    (Signal signal) =>
                    {
                        numbers.Add(signal.SequenceNumber);
                        entered.Set();
                        gate.Wait();
                    },
                },
            }
        );
        var hung = Deadline.Start(() => world.Breaker.Trip());
        Deadline.Await(entered);

        for (var i = 0; i < 10_050; i++)
        {
            _ = i % 2 == 0 ? world.Breaker.Reset() : world.Breaker.Trip();
        }

        var dropped = world.Now.SignalsDropped;
        gate.Set();
        hung.End();
        world.Breaker.Dispose();

        Assert.Equal(50, dropped);
        Assert.Equal([1, .. Enumerable.Range(52, 10_000).Select(number => (long)number)], numbers);
        Assert.Equal(10_051, world.Signals.Count);
    }

    [Fact]
    public void A_hanging_listener_is_detached_despite_transitions_after_disposal()
    {
        using var entered = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        var listener = new Hanging(entered, gate);
        var breaker = new FluxgateBreaker("payments", new() { Listeners = { listener } });
        var hung = Deadline.Start(() => breaker.Trip());
        Deadline.Await(entered);
        var disposal = Deadline.Start(breaker.Dispose);
        SpinWait.SpinUntil(() => breaker.Machine.IsDisposed, TimeSpan.FromMinutes(1));

        for (var i = 0; i < 10_050; i++)
        {
            _ = i % 2 == 0 ? breaker.Reset() : breaker.Trip();
        }

        gate.Set();
        hung.End();
        disposal.End();
        Assert.Equal(1, listener.Signals);
        Assert.Equal(1, listener.Detached);
    }

    [Fact]
    public void Notices_are_dropped_while_a_listener_hangs()
    {
        using var gate = new ManualResetEventSlim();
        using var entered = new ManualResetEventSlim();
        var notices = 0;
        var world = new World(
            new()
            {
                InitialState = BreakerState.MetricsOnly,
                Tripper = Tripper.FailureStreak(1),
                Listeners =
                {
                    new Reader(
                        () =>
                        {
                            entered.Set();
                            gate.Wait();
                        },
                        () => notices++
                    ),
                },
            }
        );
        var hung = Deadline.Start(() => world.Fail());
        Deadline.Await(entered);

        world.Fail(1000);
        for (var i = 1; i <= 1000; i++)
        {
            world.Breaker.Reconfigure(new() { Tripper = Tripper.FailureStreak(1 + (i % 2)), ProbeLease = TimeSpan.FromSeconds(i) });
        }

        gate.Set();
        hung.End();
        world.Breaker.Dispose();

        Assert.InRange(notices, 2, 257);
        Assert.True(world.Now.WouldTrips > 1000);
    }

    private sealed class BrokenWindow : Window
    {
        public override WindowState Start(WindowContext context) => new Broken();

        private sealed class Broken : WindowState
        {
            public override void Record(in CallCounts call) { }

            public override CallCounts Read() => throw new NotSupportedException();
        }
    }

    private sealed class Reader(Action read, Action count) : ICircuitListener
    {
        public void OnSignal(Signal signal) { }

        public void OnNotice(Notice notice)
        {
            count();
            read();
        }
    }

    private sealed class Hanging(ManualResetEventSlim entered, ManualResetEventSlim gate) : ICircuitListener
    {
        public int Signals { get; private set; }

        public int Detached { get; private set; }

        public void OnSignal(Signal signal)
        {
            Signals++;
            entered.Set();
            gate.Wait();
        }

        public void OnDetached(FluxgateBreaker breaker) => Detached++;
    }
}
