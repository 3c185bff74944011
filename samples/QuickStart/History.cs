using Fluxgate;

namespace QuickStart;

/// <summary>What happened in one stretch of time.</summary>
internal readonly record struct Stretch(BreakerState State, long Successes, long Failures, long Rejections);

/// <summary>The last stretches of time, from the differences between snapshots.</summary>
internal sealed class History(BreakerSnapshot start)
{
    private const int Kept = 400;

    private readonly List<Stretch> _stretches = [];
    private BreakerSnapshot _before = start;

    public void Add(BreakerSnapshot now)
    {
        _stretches.Add(new(now.State, now.Successes - _before.Successes, now.Failures - _before.Failures, now.Rejected - _before.Rejected));
        _before = now;
        if (_stretches.Count > Kept)
        {
            _stretches.RemoveAt(0);
        }
    }

    public IReadOnlyList<Stretch> Last(int count) => _stretches[Math.Max(0, _stretches.Count - count)..];
}
