namespace Fluxgate;

/// <summary>What one breaker or one group contributes to the metrics of its name.</summary>
/// <param name="Counts">The snapshot of the breaker, or the sums of the group.</param>
/// <param name="Group">The group, or <see langword="null"/> for a breaker.</param>
/// <param name="Keys">The keys of the group that have series of their own.</param>
internal sealed record SourceReading(BreakerSnapshot Counts, BreakerGroupSnapshot? Group, IReadOnlyList<KeyReading> Keys)
{
    /// <summary>Reads a breaker or a group. It runs user code.</summary>
    public static SourceReading Of(object source, KeySelection? keys)
    {
        if (source is FluxgateBreaker breaker)
        {
            return new(breaker.Snapshot(), Group: null, Keys: []);
        }

        var group = ((BreakerGroup)source).Snapshot(worst: 0);
        return new(group.Sums, group, keys?.Select(group) ?? []);
    }
}
