namespace Fluxgate;

public sealed class ListenerDetachment
{
    [Fact]
    public async Task A_listener_is_detached_after_the_signal_that_it_is_receiving()
    {
        using var gate = new ManualResetEventSlim();
        using var entered = new ManualResetEventSlim();
        var listener = new Recording(entered, gate);
        var world = new World(new() { Listeners = { listener } });
        var hung = Deadline.Start(() => world.Breaker.Trip());
        Deadline.Await(entered);

        var disposal = world.Breaker.DisposeAsync().AsTask();
        Assert.False(disposal.IsCompleted);
        gate.Set();
        hung.End();
        await disposal;
        world.Breaker.Reset();

        Assert.Equal(["signal 1 begins", "signal 1 ends", "detached"], listener.Received);
    }

    [Fact]
    public async Task A_hanging_listener_is_detached_when_its_call_returns()
    {
        using var gate = new ManualResetEventSlim();
        using var entered = new ManualResetEventSlim();
        var listener = new Recording(entered, gate);
        var world = new World(new() { Listeners = { listener }, ListenerFlushTimeout = TimeSpan.FromSeconds(1) });
        var hung = Deadline.Start(() => world.Breaker.Trip());
        Deadline.Await(entered);
        world.Breaker.Reset();

        var disposal = world.Breaker.DisposeAsync().AsTask();
        world.Wait(1);
        await disposal;
        Assert.Equal(["signal 1 begins"], listener.Received);
        gate.Set();
        hung.End();
        SpinWait.SpinUntil(() => listener.Received.Count == 3, TimeSpan.FromMinutes(1));

        Assert.Equal(["signal 1 begins", "signal 1 ends", "detached"], listener.Received);
        Assert.Equal(1, world.Now.SignalsDropped);
    }

    [Fact]
    public void A_listener_that_disposes_the_breaker_is_detached_after_the_signal()
    {
        World? world = null;
        var listener = new Recording(null, null) { During = () => world!.Breaker.Dispose() };
        world = new(new() { Listeners = { listener } });

        Deadline.Run(() => world.Breaker.Trip());

        Assert.Equal(["signal 1 begins", "signal 1 ends", "detached"], listener.Received);
    }

    [Fact]
    public void A_listener_receives_no_signal_raised_while_it_is_detached()
    {
        World? world = null;
        var listener = new Recording(null, null) { DuringDetachment = () => world!.Breaker.Reset() };
        world = new(new() { Listeners = { listener } });
        world.Breaker.Trip();

        world.Breaker.Dispose();

        Assert.Equal(["signal 1 begins", "signal 1 ends", "detached"], listener.Received);
        Assert.Equal((BreakerState.Closed, 0), (world.State, world.Now.SignalsDropped));
    }

    [Fact]
    public async Task All_listeners_are_detached_when_a_cancellation_callback_throws()
    {
        var (other, detached) = (new Recording(null, null), new TaskCompletionSource());
        var failing = new FailingToken(detached);
        var world = new World(new() { Listeners = { failing, other }, ListenerFlushTimeout = TimeSpan.FromSeconds(1) });
        world.Breaker.Trip();
        await failing.Receives.Task;

        var disposal = world.Breaker.DisposeAsync().AsTask();
        world.Wait(1);
        await disposal;
        await detached.Task;

        Assert.Equal("detached", other.Received[^1]);
        Assert.True(SpinWait.SpinUntil(() => world.Now.UserErrors(UserErrorSource.Listener) == 1, TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task Disposal_succeeds_if_the_time_provider_calls_back_and_then_throws()
    {
        using var gate = new ManualResetEventSlim();
        using var entered = new ManualResetEventSlim();
        var breaker = new FluxgateBreaker("payments", new() { Listeners = { new Recording(entered, gate) } }, new CallingBackAtOnce());
        var tripping = Deadline.Start(() => breaker.Trip());
        Deadline.Await(entered);

        await breaker.DisposeAsync();

        Assert.Equal(1, breaker.Snapshot().UserErrors(UserErrorSource.Clock));
        gate.Set();
        tripping.End();
    }

    private sealed class CallingBackAtOnce : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            callback(state);
            throw new NotSupportedException();
        }
    }

    private sealed class Recording(ManualResetEventSlim? entered, ManualResetEventSlim? gate) : ICircuitListener
    {
        private readonly List<string> _received = [];

        public IReadOnlyList<string> Received
        {
            get
            {
                lock (_received)
                {
                    return [.. _received];
                }
            }
        }

        public Action? During { get; init; }

        public Action? DuringDetachment { get; init; }

        public void OnSignal(Signal signal)
        {
            Note($"signal {signal.SequenceNumber} begins");
            entered?.Set();
            gate?.Wait();
            During?.Invoke();
            Note($"signal {signal.SequenceNumber} ends");
        }

        public void OnDetached(FluxgateBreaker breaker)
        {
            Note("detached");
            DuringDetachment?.Invoke();
        }

        private void Note(string what)
        {
            lock (_received)
            {
                _received.Add(what);
            }
        }
    }

    private sealed class FailingToken(TaskCompletionSource detached) : IAsyncCircuitListener
    {
        public TaskCompletionSource Receives { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async ValueTask OnSignalAsync(Signal signal, CancellationToken cancellationToken)
        {
            var canceled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var last = cancellationToken.Register(canceled.SetResult);
            await using var first = cancellationToken.Register(() => throw new NotSupportedException());
            Receives.SetResult();
            await canceled.Task;
        }

        public void OnDetached(FluxgateBreaker breaker) => detached.SetResult();
    }
}
