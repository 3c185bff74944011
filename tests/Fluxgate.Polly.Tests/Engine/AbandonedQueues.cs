namespace Fluxgate;

/// <summary>The queue of an asynchronous listener when disposal stops waiting for it.</summary>
public sealed class AbandonedQueues
{
    private readonly BlockedListener _listener = new();
    private readonly World _world;

    public AbandonedQueues() =>
        _world = new(
            new()
            {
                Tripper = Tripper.FailureStreak(1),
                Listeners = { _listener },
                ListenerFlushTimeout = TimeSpan.FromSeconds(1),
            }
        );

    [Fact]
    public async Task Queued_signals_are_counted_as_dropped()
    {
        await QueueTwoSignalsAndANoticeAsync();

        await DisposeAsync();

        Assert.Equal(2, _world.Now.SignalsDropped);
        _listener.Gate.SetResult();
    }

    [Fact]
    public async Task Queued_signals_and_notices_are_not_received_afterwards()
    {
        await QueueTwoSignalsAndANoticeAsync();
        await DisposeAsync();

        _listener.Gate.SetResult();
        await _listener.Detached.Task;

        Assert.Equal(["signal 1 begins", "signal 1 ends", "detached"], _listener.Received);
    }

    [Fact]
    public async Task The_listeners_token_is_canceled_after_the_queue_is_cleared()
    {
        await QueueTwoSignalsAndANoticeAsync();
        var dropped = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = _listener.Token.Register(() => dropped.SetResult(_world.Now.SignalsDropped));

        await DisposeAsync();

        Assert.Equal(2, await dropped.Task);
        _listener.Gate.SetResult();
    }

    [Fact]
    public async Task Disposal_does_not_wait_for_the_callbacks_of_the_token()
    {
        await QueueTwoSignalsAndANoticeAsync();
        using var gate = new ManualResetEventSlim();
        await using var registration = _listener.Token.Register(gate.Wait);

        await DisposeAsync().WaitAsync(TimeSpan.FromSeconds(30));

        gate.Set();
        _listener.Gate.SetResult();
    }

    [Fact]
    public async Task Signals_after_detachment_are_neither_received_nor_dropped()
    {
        _listener.Gate.SetResult();
        _world.Breaker.Trip();
        await _world.Breaker.DisposeAsync();

        _world.Breaker.Reset();
        _world.Fail();

        Assert.Equal(["signal 1 begins", "signal 1 ends", "detached"], _listener.Received);
        Assert.Equal(0, _world.Now.SignalsDropped);
    }

    private async Task QueueTwoSignalsAndANoticeAsync()
    {
        _world.Breaker.Trip();
        await _listener.Entered.Task;
        _world.Breaker.MetricsOnly();
        _world.Fail();
        _world.Breaker.Reset();
        Assert.Equal((3, 1), (_world.Signals.Count, _world.Notices.Count));
    }

    private async Task DisposeAsync()
    {
        var disposal = _world.Breaker.DisposeAsync().AsTask();
        _world.Wait(1);
        await disposal;
    }

    /// <summary>Stays in a signal until its gate opens, and ignores its token.</summary>
    private sealed class BlockedListener : IAsyncCircuitListener
    {
        private readonly List<string> _received = [];

        public TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Detached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CancellationToken Token { get; private set; }

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

        public async ValueTask OnSignalAsync(Signal signal, CancellationToken cancellationToken)
        {
            Note($"signal {signal.SequenceNumber} begins");
            Token = cancellationToken;
            Entered.TrySetResult();
            await Gate.Task;
            Note($"signal {signal.SequenceNumber} ends");
        }

        public ValueTask OnNoticeAsync(Notice notice, CancellationToken cancellationToken)
        {
            Note("notice");
            return default;
        }

        public void OnDetached(FluxgateBreaker breaker)
        {
            Note("detached");
            Detached.TrySetResult();
        }

        private void Note(string what)
        {
            lock (_received)
            {
                _received.Add(what);
            }
        }
    }
}
