namespace Fluxgate;

/// <summary>
/// The store's clock as a member knows it: the time of the last exchange, and since then the member's monotonic clock. So a directive ends in time although the store is gone,
/// and no wall clock of this machine counts.
/// </summary>
internal sealed class StoreClock(TimeProvider timeProvider)
{
    private Reading? _last;

    /// <summary>Gets the time on the store's clock; <see langword="null"/> before the first exchange.</summary>
    public DateTimeOffset? Now => _last is { } last ? last.StoreTime + timeProvider.GetElapsedTime(last.Timestamp) : null;

    public void Set(DateTimeOffset storeTime) => _last = new(storeTime, timeProvider.GetTimestamp());

    private sealed record Reading(DateTimeOffset StoreTime, long Timestamp);
}
