namespace Fluxgate;

/// <summary>A window of the calls of a recent period.</summary>
internal sealed class TimeWindow : Window
{
    public const int DefaultBuckets = 10;
    public const int MostBuckets = 1000;

    private readonly TimeSpan _duration;
    private readonly int _buckets;

    public TimeWindow(TimeSpan duration, int buckets)
    {
        _duration = Require.Positive(duration);
        _buckets = Require.Count(buckets);
        if (buckets > MostBuckets)
        {
            throw new ArgumentOutOfRangeException(
                nameof(buckets),
                buckets,
                $"buckets must be at most {RuleText.Number(MostBuckets)}, but is {RuleText.Number(buckets)}."
            );
        }

        if (duration.Ticks < buckets)
        {
            throw new ArgumentOutOfRangeException(
                nameof(duration),
                duration,
                $"duration must be at least 100 ns per bucket, but is {RuleText.Duration(duration)} for {buckets} buckets."
            );
        }
    }

    public override WindowState Start(WindowContext context) =>
        StartOn(new Ledger(context.SlowThresholds, sumsDurations: true), new Clock(context.TimeProvider), context.State);

    public override string ToString() =>
        _buckets == DefaultBuckets
            ? $"Time({RuleText.Duration(_duration)})"
            : $"Time({RuleText.Duration(_duration)}, {RuleText.Number(_buckets)})";

    internal override TimeSpan Resolution => _duration / _buckets;

    internal override bool IsEquivalentTo(Window other) =>
        other is TimeWindow time && (time._duration, time._buckets) == (_duration, _buckets);

    internal override LedgerWindow StartOn(Ledger ledger, Clock clock, BreakerState state) =>
        state == BreakerState.HalfOpen ? new LedgerWindow(ledger) : new BucketWindow(ledger, clock, _duration, _buckets);
}
