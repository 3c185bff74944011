namespace Fluxgate;

/// <summary>
/// A reading of the store that all requests share: at most one at a time, and at most one in each interval, whatever the number of viewers. Nothing runs unless
/// somebody asks. A reading that failed is shared as well, so that a store that is gone is not asked by each viewer.
/// </summary>
/// <param name="read">Reads from the store.</param>
/// <param name="time">The clock.</param>
internal sealed class SharedReading<T>(Func<Task<T>> read, TimeProvider time)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly object _lock = new();
    private Task<T>? _last;
    private TimeSpan _startedAt;

    /// <summary>Returns the last reading, or a new one.</summary>
    public Task<T> GetAsync()
    {
        // Not under the lock, because the clock may be the user's.
        var now = time.GetElapsedTime(0);
        lock (_lock)
        {
            if (_last is null || (_last.IsCompleted && now - _startedAt >= Interval))
            {
                _startedAt = now;

                // On another thread: a store may block.
                _last = Task.Run(read);
            }

            return _last;
        }
    }

    /// <summary>Lets the next request read again.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _last = null;
        }
    }
}
