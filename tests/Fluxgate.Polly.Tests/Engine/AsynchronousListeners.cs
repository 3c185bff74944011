namespace Fluxgate;

public sealed class AsynchronousListeners
{
    private static readonly AsyncLocal<string?> Ambient = new();

    [Fact]
    public async Task Every_signal_is_received_in_order_behind_a_queue()
    {
        var slow = new Slow();
        var world = new World(new() { Listeners = { slow } });

        Transitions(world, 20);
        Assert.Equal(20, world.Signals.Count);
        slow.Gate.SetResult();
        await world.Breaker.DisposeAsync();

        Assert.Equal(Enumerable.Range(1, 20).Select(number => (long)number), slow.Numbers);
        Assert.Equal(0, world.Now.SignalsDropped);
    }

    [Fact]
    public async Task Signals_that_a_full_queue_drops_are_counted_and_leave_a_gap()
    {
        var slow = new Slow();
        var world = new World(new() { Listeners = { slow }, ListenerQueueCapacity = 2 });

        world.Breaker.Trip();
        await slow.Busy.Task;
        Transitions(world, 4);
        slow.Gate.SetResult();
        await world.Breaker.DisposeAsync();

        // The first signal is being received, and the queue keeps the last two.
        Assert.Equal([1, 4, 5], slow.Numbers);
        Assert.Equal(2, world.Now.SignalsDropped);
        Assert.Equal([2L, 3], world.Notices.OfType<SignalsDroppedNotice>().Select(notice => notice.Dropped.SequenceNumber));
        Assert.Equal("payments: a listener's queue was full, signal 2 was dropped", world.Notices[0].ToString());
    }

    [Fact]
    public async Task A_listener_receives_signals_after_a_gap()
    {
        var slow = new Slow();
        var world = new World(new() { Listeners = { slow }, ListenerQueueCapacity = 1 });
        world.Breaker.Trip();
        await slow.Busy.Task;
        Transitions(world, 2);
        slow.Gate.SetResult();
        await slow.ReceivedUpTo(3);

        world.Breaker.Disable();
        await world.Breaker.DisposeAsync();

        Assert.Equal([1, 3, 4], slow.Numbers);
    }

    [Fact]
    public async Task Notices_are_received_in_order_with_the_signals()
    {
        var slow = new Slow();
        var world = new World(
            new()
            {
                Tripper = Tripper.FailureStreak(1),
                InitialState = BreakerState.MetricsOnly,
                Listeners = { slow },
            }
        );
        slow.Gate.SetResult();

        world.Fail();
        world.Breaker.Reset();
        await world.Breaker.DisposeAsync();

        Assert.Equal(["attached", "WouldTripNotice", "signal 1", "detached"], slow.Received);
    }

    [Fact]
    public async Task A_hanging_listener_delays_no_call_and_no_other_listener()
    {
        var (hanging, other) = (new Slow(), new Slow());
        other.Gate.SetResult();
        var world = new World(new() { Tripper = Tripper.FailureStreak(1), Listeners = { hanging, other } });

        world.Fail();
        await other.ReceivedUpTo(1);

        Assert.Equal((BreakerState.Open, 1), (world.State, world.Signals.Count));
        Assert.Empty(hanging.Numbers);
        hanging.Gate.SetResult();
        await world.Breaker.DisposeAsync();
    }

    [Fact]
    public async Task Disposal_waits_for_listeners_up_to_a_limit_and_then_cancels()
    {
        var slow = new Slow();
        var world = new World(new() { Listeners = { slow }, ListenerFlushTimeout = TimeSpan.FromSeconds(7) });
        Transitions(world, 3);
        await slow.Busy.Task;

        var disposal = world.Breaker.DisposeAsync().AsTask();
        world.Wait(6.999);
        Assert.False(disposal.IsCompleted);
        Assert.False(slow.Token.IsCancellationRequested);
        world.Wait(0.001);
        await disposal;

        Assert.True(slow.Token.IsCancellationRequested);
        Assert.Equal(2, world.Now.SignalsDropped);
        Assert.Equal(0, world.Time.ArmedTimers);
    }

    [Fact]
    public async Task A_listener_does_not_run_in_the_callers_execution_context()
    {
        var seen = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var world = new World(
            new()
            {
                Listeners =
                {
                    (_, _) =>
                    {
                        seen.SetResult(Ambient.Value);
                        return default;
                    },
                },
            }
        );

        Ambient.Value = "the caller's";
        world.Breaker.Trip();

        Assert.Null(await seen.Task);
    }

    [Fact]
    public async Task A_listener_made_of_a_lambda_receives_one_signal_at_a_time()
    {
        var (running, most) = (0, 0);
        var world = new World(
            new()
            {
                Listeners =
                {
                    async (_, _) =>
                    {
                        most = Math.Max(most, Interlocked.Increment(ref running));
                        await Task.Yield();
                        Interlocked.Decrement(ref running);
                    },
                },
            }
        );

        Transitions(world, 50);
        await world.Breaker.DisposeAsync();

        Assert.Equal((1, 0), (most, running));
    }

    private static void Transitions(World world, int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (world.State == BreakerState.Closed)
            {
                world.Breaker.Trip();
            }
            else
            {
                world.Breaker.Reset();
            }
        }
    }

    /// <summary>Waits for its gate in every signal.</summary>
    private sealed class Slow : IAsyncCircuitListener
    {
        private readonly object _gate = new();
        private readonly List<string> _received = [];
        private readonly List<(long Number, TaskCompletionSource Source)> _waiting = [];
        private readonly List<long> _numbers = [];

        public TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Completes when the first signal has arrived.</summary>
        public TaskCompletionSource Busy { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CancellationToken Token { get; private set; }

        public IReadOnlyList<string> Received
        {
            get
            {
                lock (_gate)
                {
                    return [.. _received];
                }
            }
        }

        public IReadOnlyList<long> Numbers
        {
            get
            {
                lock (_gate)
                {
                    return [.. _numbers];
                }
            }
        }

        public Task ReceivedUpTo(long number)
        {
            lock (_gate)
            {
                var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _waiting.Add((number, source));
                Release();
                return source.Task;
            }
        }

        public void OnAttached(FluxgateBreaker breaker) => Note("attached");

        public void OnDetached(FluxgateBreaker breaker) => Note("detached");

        public async ValueTask OnSignalAsync(Signal signal, CancellationToken cancellationToken)
        {
            Token = cancellationToken;
            Busy.TrySetResult();
            await Gate.Task.WaitAsync(cancellationToken);
            Note($"signal {signal.SequenceNumber}");
            lock (_gate)
            {
                _numbers.Add(signal.SequenceNumber);
                Release();
            }
        }

        public ValueTask OnNoticeAsync(Notice notice, CancellationToken cancellationToken)
        {
            Note(notice.GetType().Name);
            return default;
        }

        private void Release()
        {
            foreach (var (number, source) in _waiting)
            {
                if (_numbers.Contains(number))
                {
                    source.TrySetResult();
                }
            }
        }

        private void Note(string what)
        {
            lock (_gate)
            {
                _received.Add(what);
            }
        }
    }
}
