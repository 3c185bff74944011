namespace Fluxgate;

/// <summary>The options of a group: how many breakers it holds, for how long, and how many of them may be open.</summary>
/// <remarks>Not thread-safe. A group copies them.</remarks>
public sealed class BreakerGroupOptions
{
    /// <summary>Gets or sets the maximum number of keys that have a breaker of their own. While the group is full, further keys share one breaker.</summary>
    /// <value>At least 1 and at most 1,000,000; 1,000 by default. A breaker keeps about 1 KB.</value>
    public int MaxBreakers { get; set; } = FluxgateDefaults.MaxBreakers;

    /// <summary>
    /// Gets or sets after how long without a call the group evicts a breaker that is closed or half-open, or open after its break is over. Breakers
    /// with calls in flight stay, and so do those that a manual call made metrics-only, disabled or forced open, and those that are open until reset.
    /// </summary>
    /// <value>Greater than zero, or <see cref="Timeout.InfiniteTimeSpan"/> for never; 10 min by default. Eviction follows within a fifth of this time.</value>
    public TimeSpan IdleTimeout { get; set; } = FluxgateDefaults.IdleTimeout;

    /// <summary>
    /// Gets or sets the ratio of circuits that may be open or half-open at a time. A closed circuit whose rule fires stays closed and counts a
    /// would-trip if more would be open otherwise: if most circuits fail at once, then the cause is likely this process or its network.
    /// </summary>
    /// <value>
    /// Greater than 0 and at most 1 (0.5 is 50%); <see langword="null"/> by default: all may be open. One circuit may always open. The ratio refers
    /// to the circuits that had a call within <see cref="IdleTimeout"/>. It corresponds to <c>max_ejection_percent</c> in Envoy's outlier detection.
    /// </value>
    public double? MaxOpenRatio { get; set; }

    /// <summary>Gets or sets for how many keys the metrics have series of their own, the circuits in the worst condition first.</summary>
    /// <value>At least 0 and at most 10,000; 100 by default. Each key has about 12 series.</value>
    public int MaxKeySeries { get; set; } = FluxgateDefaults.MaxKeySeries;

    /// <summary>Gets the settings of single keys, which replace all settings of the group for that key. Start from a <see cref="FluxgateBreakerSettings.Copy"/> of them.</summary>
    /// <value>Empty by default. Keys are compared by their characters. The listeners of the group are attached to these breakers too. A listener that needs durations belongs to the settings of the group, whose breakers share one histogram.</value>
    public IDictionary<string, FluxgateBreakerSettings> Overrides { get; private set; } =
        new Dictionary<string, FluxgateBreakerSettings>(StringComparer.Ordinal);

    /// <summary>Gets all validation errors. Computed from the current values at each call.</summary>
    /// <value>Each message names the option, its value and what is allowed. Empty if the options are valid.</value>
    public IReadOnlyList<string> Errors => [.. FindErrors()];

    /// <summary>Creates a copy of these options.</summary>
    /// <returns>The copy, which has overrides of its own with copied settings.</returns>
    public BreakerGroupOptions Copy()
    {
        var copy = (BreakerGroupOptions)MemberwiseClone();
        copy.Overrides = Overrides.ToDictionary(one => one.Key, one => one.Value?.Copy()!, StringComparer.Ordinal);
        return copy;
    }

    /// <summary>Returns the differences from other options, one line for each.</summary>
    internal IEnumerable<string> ChangesFrom(BreakerGroupOptions before)
    {
        (string Name, string Before, string Now)[] all =
        [
            (nameof(MaxBreakers), RuleText.Number(before.MaxBreakers), RuleText.Number(MaxBreakers)),
            (nameof(IdleTimeout), TextOf(before.IdleTimeout), TextOf(IdleTimeout)),
            (nameof(MaxOpenRatio), TextOf(before.MaxOpenRatio), TextOf(MaxOpenRatio)),
            (nameof(MaxKeySeries), RuleText.Number(before.MaxKeySeries), RuleText.Number(MaxKeySeries)),
        ];
        return all.Where(one => one.Before != one.Now).Select(one => $"{one.Name}: {one.Before} -> {one.Now}");
    }

    internal static string NameOfOverride(string key) => $"{nameof(Overrides)}[\"{OneLine.Of(DerivedName.Of(key))}\"]";

    private static string TextOf(TimeSpan timeout) => timeout == Timeout.InfiniteTimeSpan ? "never" : RuleText.Duration(timeout);

    private static string TextOf(double? ratio) => ratio is { } given ? RuleText.Percent(given) : "none";

    private IEnumerable<string> FindErrors()
    {
        Action[] checks =
        [
            () => Require.Count(MaxBreakers, FluxgateDefaults.MostBreakers),
            RequireTimeout,
            () => Require.Ratio(MaxOpenRatio ?? 1, nameof(MaxOpenRatio)),
            RequireKeySeries,
        ];
        foreach (var check in checks)
        {
            if (Require.ErrorOf(check) is { } error)
            {
                yield return OneLine.MessageOf(error);
            }
        }

        foreach (var (key, settings) in Overrides)
        {
            var name = NameOfOverride(key);
            foreach (var error in settings is null ? ["must not be null."] : settings.Errors)
            {
                yield return $"{name}: {error}";
            }
        }
    }

    private void RequireTimeout()
    {
        if (IdleTimeout <= TimeSpan.Zero && IdleTimeout != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(
                nameof(IdleTimeout),
                IdleTimeout,
                $"{nameof(IdleTimeout)} must be greater than zero, or Timeout.InfiniteTimeSpan for never, but is {IdleTimeout}."
            );
        }
    }

    private void RequireKeySeries()
    {
        if (MaxKeySeries is < 0 or > FluxgateDefaults.MostKeySeries)
        {
            throw new ArgumentOutOfRangeException(
                nameof(MaxKeySeries),
                MaxKeySeries,
                $"{nameof(MaxKeySeries)} must be at least 0 and at most {RuleText.Number(FluxgateDefaults.MostKeySeries)}, but is {RuleText.Number(MaxKeySeries)}."
            );
        }
    }
}
