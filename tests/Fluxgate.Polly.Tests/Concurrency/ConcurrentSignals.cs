using System.Collections.Concurrent;

namespace Fluxgate;

public sealed class ConcurrentSignals
{
    // No more signals than the backlog of a listener allows, on any machine.
    private const int Commands = 2_000;

    [Fact]
    public async Task Every_kind_of_listener_receives_each_signal_once_and_in_order()
    {
        var (watched, lambda, late) = (new Watched(), new List<Signal>(), new List<Signal>());
        var world = new World(
            new()
            {
                Tripper = Tripper.FailureStreak(2),
                BreakDuration = BreakDuration.None,
                Permit = Permit.All,
                Recovery = Recovery.AfterProbes(1),
                ListenerQueueCapacity = int.MaxValue,
                Listeners =
                {
                    watched,
                    lambda.Add,
                    async (signal, _) =>
                    {
                        await Task.Yield();
                        late.Add(signal);
                    },
                },
            }
        );
        ConcurrentWork.Run(thread => CallAndCommand(world.Breaker, thread));
        await world.Breaker.DisposeAsync().AsTask().WaitAsync(ConcurrentWork.Deadline);

        var count = world.Now.SignalCount;
        Assert.True(count > Commands, $"Too few signals: {count}.");
        Assert.All([world.Signals, watched.Signals, lambda, late], signals => AssertChain(signals, count));
        Assert.Equal(0, watched.Overlaps);
        Assert.Equal(world.State, world.Signals[^1].NewState);
    }

    [Fact]
    public async Task Signals_that_a_full_queue_drops_are_counted_and_others_are_in_order()
    {
        var received = new List<Signal>();
        var first = new TaskCompletionSource();
        var world = new World(
            new()
            {
                ListenerQueueCapacity = 4,
                Listeners =
                {
                    async (signal, _) =>
                    {
                        await first.Task;
                        received.Add(signal);
                    },
                },
            }
        );
        ConcurrentWork.Run(thread => CallAndCommand(world.Breaker, thread));
        SpinWait.SpinUntil(() => world.Signals.Count == world.Now.SignalCount, ConcurrentWork.Deadline);

        // Until then, the thread pool may still deliver to the queue, which would not be full once the listener goes on.
        SpinWait.SpinUntil(() => world.Now.SignalsDropped >= world.Now.SignalCount - 10, ConcurrentWork.Deadline);
        first.SetResult();
        await world.Breaker.DisposeAsync().AsTask().WaitAsync(ConcurrentWork.Deadline);

        Assert.InRange(received.Count, 1, 10);
        Assert.Equal(world.Now.SignalCount, received.Count + world.Now.SignalsDropped);
        Assert.Equal(received.Select(signal => signal.SequenceNumber).Distinct().Order(), received.Select(signal => signal.SequenceNumber));
        AssertChain(world.Signals, world.Now.SignalCount);
    }

    [Fact]
    public void Listeners_that_call_back_neither_deadlock_nor_reorder_signals()
    {
        var answers = 0;
        World? world = null;
        void Answer(Signal signal)
        {
            if (Interlocked.Increment(ref answers) > 2_000)
            {
                return;
            }

            _ = signal.NewState == BreakerState.Closed ? world!.Breaker.Trip("back") : world!.Breaker.Reset("back");
            world.Breaker.Snapshot();
            if (world.Breaker.TryAdmit(out var admission))
            {
                admission.Settle(Verdict.Failure);
            }
        }

        world = new(new() { Tripper = Tripper.FailureStreak(3), Listeners = { Answer } });
        ConcurrentWork.Run(thread => CallAndCommand(world.Breaker, thread));

        // Until then, the listener may still raise signals, which a subscription that has ended does not receive.
        SpinWait.SpinUntil(() => Volatile.Read(ref answers) == world.Now.SignalCount, ConcurrentWork.Deadline);
        world.Breaker.Dispose();
        AssertChain(world.Signals, world.Now.SignalCount);
        Assert.True(answers > 2_000);
        Assert.Equal((0, 0L), (world.Now.InFlight, world.Now.UserErrors(UserErrorSource.Listener)));
    }

    [Fact]
    public void A_listener_that_throws_is_counted_for_every_signal()
    {
        var world = new World(new() { Listeners = { (Signal _) => throw new ArithmeticException() } });
        ConcurrentWork.Run(thread => CallAndCommand(world.Breaker, thread));
        world.Breaker.Dispose();
        AssertChain(world.Signals, world.Now.SignalCount);
        Assert.Equal(world.Now.SignalCount, world.Now.UserErrors(UserErrorSource.Listener));
    }

    [Fact]
    public void A_listener_that_breakers_share_receives_each_in_order()
    {
        var received = new ConcurrentQueue<Signal>();
        var settings = new FluxgateBreakerSettings { Listeners = { received.Enqueue } };
        var breakers = Enumerable
            .Range(0, 2)
            .Select(index => new FluxgateBreaker($"breaker {index}", settings, new VirtualTime()))
            .ToArray();
        ConcurrentWork.Run(thread => CallAndCommand(breakers[thread % 2], thread));
        Array.ForEach(breakers, breaker => breaker.Dispose());
        Assert.All(
            breakers,
            breaker =>
                AssertChain(
                    [.. received.Where(signal => string.Equals(signal.CircuitName, breaker.Name, StringComparison.Ordinal))],
                    breaker.Snapshot().SignalCount
                )
        );
    }

    private static void CallAndCommand(FluxgateBreaker breaker, int seed)
    {
        var own = new OwnCount(breaker, seed);
        for (var i = 0; i < Commands; i++)
        {
            own.Command();
            own.Call();
        }
    }

    private static void AssertChain(List<Signal> signals, long count)
    {
        Assert.Equal(count, signals.Count);
        var state = BreakerState.Closed;
        for (var i = 0; i < signals.Count; i++)
        {
            Assert.Equal((i + 1, state), (signals[i].SequenceNumber, signals[i].OldState));
            Assert.NotEqual(signals[i].OldState, signals[i].NewState);
            state = signals[i].NewState;
        }
    }

    /// <summary>Counts calls that overlap another call.</summary>
    private sealed class Watched : ICircuitListener
    {
        private int _inside;

        public List<Signal> Signals { get; } = [];

        public int Overlaps { get; private set; }

        public void OnSignal(Signal signal)
        {
            Overlaps += Interlocked.Increment(ref _inside) == 1 ? 0 : 1;
            Thread.Yield();
            Signals.Add(signal);
            Interlocked.Decrement(ref _inside);
        }
    }
}
