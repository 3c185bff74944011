namespace Fluxgate;

/// <summary>
/// The store's clock as a member knows it: the time of the last exchange, and since then the member's monotonic clock. So a directive ends in time although the store is gone,
/// and no wall clock of this machine counts.
/// </summary>
internal sealed class StoreClock(TimeProvider timeProvider)
{
    private Reading? _last;

    /// <summary>Gets the time on the store's clock; <see langword="null"/> before the first exchange.</summary>
    public DateTimeOffset? Now
    {
        get
        {
            if (_last is not { } last)
            {
                return null;
            }

            // A store may return any time, also the last one that there is.
            var elapsed = timeProvider.GetElapsedTime(last.Timestamp);
            return elapsed < DateTimeOffset.MaxValue - last.StoreTime ? last.StoreTime + elapsed : DateTimeOffset.MaxValue;
        }
    }

    public void Set(DateTimeOffset storeTime) => _last = new(storeTime.ToUniversalTime(), timeProvider.GetTimestamp());

    private sealed record Reading(DateTimeOffset StoreTime, long Timestamp);
}
