using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>
/// The background loop of a member. Members spread out: each waits a random time around its interval, and longer and more spread while the store does not work, so that a
/// thousand do not come back at once. A hint of the store and the end of a directive wake it before.
/// </summary>
internal sealed class FleetLoop : IAsyncDisposable, IDisposable
{
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RetryAtStart = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan HintsWithin = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ShortestDelay = TimeSpan.FromMilliseconds(1);

    private readonly FleetMember _member;
    private readonly FleetOptions _options;
    private readonly ILogger _log;
    private readonly Func<double> _random;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lazy<Task> _running;
    private TaskCompletionSource _hinted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _startedAt;
    private int _isLeaving;
    private bool _isMember;
    private bool _isStarted;
    private volatile bool _takesHint;
    private Task<IDisposable?>? _subscribing;
    private Task? _waiting;

    public FleetLoop(FleetMember member, FleetOptions options, ILogger log, Func<double>? random = null)
    {
        _member = member;
        _options = options;
        _log = log;
        _random = random ?? Random.Shared.NextDouble;
        _running = new(() => Task.Run(RunAsync));
    }

    private TimeProvider Time => _member.TimeProvider;

    /// <summary>Gets whether the loop waits for its next exchange: in virtual time, nothing happens until time passes.</summary>
    internal bool IsWaiting =>
        Volatile.Read(ref _waiting) is { IsCompleted: false }
        && Volatile.Read(ref _subscribing) is { IsCompleted: true }
        && !(_takesHint && Volatile.Read(ref _hinted).Task.IsCompleted);

    /// <summary>Starts the loop, unless it runs already. Waits for nothing.</summary>
    public void Start() => _ = _running.Value;

    /// <summary>Starts the loop, and waits until the directives are known, at most for the time that the options allow.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Start();
        if (_options.StartupTimeout == TimeSpan.Zero)
        {
            return;
        }

        try
        {
            await _joined.Task.WaitAsync(_options.StartupTimeout, Time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _log.StartedWithoutDirectives(_member.Fleet, RuleText.Measured(_options.StartupTimeout));
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // The time provider throws: nothing can be waited for.
            _log.StepFailed(_member.Fleet, error);
        }
    }

    /// <summary>Asks for an exchange soon.</summary>
    public void Wake() => Volatile.Read(ref _hinted).TrySetResult();

    /// <summary>Ends the loop, and removes what the member has in the store.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        if (!_running.IsValueCreated)
        {
            return;
        }

        try
        {
            await _running.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (_isMember && Interlocked.Exchange(ref _isLeaving, 1) == 0)
            {
                await _member.LeaveAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The digest in the store is gone after its time to live.
        }
    }

    /// <summary>Ends the loop and waits for nothing. The digest in the store is gone after its time to live.</summary>
    public void Dispose() => _stopping.Cancel();

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Returns the time until the next exchange.</summary>
    internal TimeSpan NextDelay()
    {
        var status = _member.Status;
        if (status.FailuresInARow == 0)
        {
            return _member.Interval * (0.9 + (0.2 * _random()));
        }

        if (status.Exchanges == 0 && Time.GetElapsedTime(_startedAt) < _options.StartupTimeout)
        {
            return RetryAtStart * (0.5 + _random());
        }

        // Never more often than a member that works.
        if (_member.Interval >= LongestBackoff)
        {
            return _member.Interval * (0.9 + (0.2 * _random()));
        }

        var backoff = _member.Interval * Math.Pow(2, Math.Min(status.FailuresInARow, 10));
        return Shorter(backoff, LongestBackoff) * (0.5 + (0.5 * _random()));
    }

    private async Task RunAsync()
    {
        var stopping = _stopping.Token;
        if (stopping.IsCancellationRequested)
        {
            return;
        }

        _isMember = true;

        // On another thread: a store that blocks costs the hints alone.
        var subscribing = Task.Run(TrySubscribe, CancellationToken.None);
        Volatile.Write(ref _subscribing, subscribing);
        try
        {
            var hasTakenHint = false;
            while (true)
            {
                hasTakenHint = await ExchangeAndWaitAsync(!hasTakenHint, stopping).ConfigureAwait(false);
            }
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            // The member stops.
        }

        _ = subscribing.ContinueWith(
            ended => TryUnsubscribe(ended.Result),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
    }

    /// <summary>Exchanges once, and waits for the next exchange. A time provider that throws, which may be user code, does not end the loop.</summary>
    /// <returns>Whether a hint ended the wait.</returns>
    private async Task<bool> ExchangeAndWaitAsync(bool takesHint, CancellationToken stopping)
    {
        try
        {
            if (!_isStarted)
            {
                _startedAt = Time.GetTimestamp();
                _member.LoadFile();
                await _member.ObeyAsync(stopping).ConfigureAwait(false);
                _isStarted = true;
            }

            await _member.StepAsync(stopping).ConfigureAwait(false);
            if (_member.Status.IsConnected)
            {
                _joined.TrySetResult();
            }

            // One hint in two waits: however many there are, a member does not exchange more than twice as often.
            return await WaitAsync(NextDelay(), takesHint, stopping).ConfigureAwait(false);
        }
        catch (Exception error) when (!stopping.IsCancellationRequested)
        {
            _member.Report(error);
            await Task.Delay(_options.Interval, stopping).ConfigureAwait(false);
            return false;
        }
    }

    /// <summary>Waits for the next exchange, and lets directives end meanwhile.</summary>
    /// <returns>Whether a hint ended the wait.</returns>
    private async Task<bool> WaitAsync(TimeSpan delay, bool takesHint, CancellationToken stopping)
    {
        var start = Time.GetTimestamp();
        _takesHint = takesHint;

        // A delay has whole milliseconds: one that is shorter would end at once, again and again.
        while (delay - Time.GetElapsedTime(start) is var rest && rest >= ShortestDelay)
        {
            var hint = Volatile.Read(ref _hinted).Task;
            var next = NextExpiry() is { } expiry && expiry < rest ? expiry : rest;
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            var timer = Task.Delay(next, Time, ended.Token);
            Volatile.Write(ref _waiting, timer);
            var first = takesHint ? await Task.WhenAny(timer, hint).ConfigureAwait(false) : await Task.WhenAny(timer).ConfigureAwait(false);
            await ended.CancelAsync().ConfigureAwait(false);
            stopping.ThrowIfCancellationRequested();
            if (first == hint)
            {
                _takesHint = false;
                Volatile.Write(ref _hinted, new(TaskCreationOptions.RunContinuationsAsynchronously));

                // After a failure the store may have just returned, for all members at once: they spread as they do while it works.
                var within = _member.Status.FailuresInARow == 0 ? HintsWithin : _member.Interval;
                var soon = Task.Delay(Shorter(rest, within) * _random(), Time, stopping);
                Volatile.Write(ref _waiting, soon);
                await soon.ConfigureAwait(false);
                return true;
            }

            if (next < rest)
            {
                await _member.ObeyAsync(stopping).ConfigureAwait(false);
            }
        }

        return false;
    }

    private TimeSpan? NextExpiry()
    {
        if (_member.StoreTime is not { } now || _member.Knowledge.Directives.NextExpiry() is not { } expiry)
        {
            return null;
        }

        // Delays truncate fractions of a millisecond, and timers may fire a little early.
        var rest = expiry - now + ShortestDelay;
        return rest > ShortestDelay ? rest : ShortestDelay;
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private IDisposable? TrySubscribe()
    {
        try
        {
            return _member.Store.Subscribe(Wake);
        }
        catch (Exception error)
        {
            // Without hints the member looks at its interval.
            _log.StepFailed(_member.Fleet, error);
            return null;
        }
    }

    private void TryUnsubscribe(IDisposable? subscription)
    {
        try
        {
            subscription?.Dispose();
        }
        catch (Exception error)
        {
            _log.StepFailed(_member.Fleet, error);
        }
    }
}
