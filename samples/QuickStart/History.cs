using Fluxgate;

namespace QuickStart;

/// <summary>The calls of a time interval.</summary>
internal readonly record struct Interval(BreakerState State, long Successes, long Failures, long Rejections);

/// <summary>The latest intervals, computed from the differences between snapshots.</summary>
internal sealed class History(BreakerSnapshot start)
{
    private const int MaxIntervals = 400;

    private readonly List<Interval> _intervals = [];
    private BreakerSnapshot _before = start;

    public void Add(BreakerSnapshot now)
    {
        _intervals.Add(new(now.State, now.Successes - _before.Successes, now.Failures - _before.Failures, now.Rejected - _before.Rejected));
        _before = now;
        if (_intervals.Count > MaxIntervals)
        {
            _intervals.RemoveAt(0);
        }
    }

    public IReadOnlyList<Interval> Last(int count) => _intervals[Math.Max(0, _intervals.Count - count)..];
}
