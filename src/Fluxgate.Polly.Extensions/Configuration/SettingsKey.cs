using System.Globalization;

namespace Fluxgate;

/// <summary>A key that a section may contain, and how its text becomes a setting and back.</summary>
internal sealed class SettingsKey
{
    private const string Never = "never";

    private readonly Func<string, object> _parse;
    private readonly Func<FluxgateBreakerSettings, object?> _get;
    private readonly Action<FluxgateBreakerSettings, object> _set;

    private SettingsKey(
        string name,
        Func<string, object> parse,
        Func<FluxgateBreakerSettings, object?> get,
        Action<FluxgateBreakerSettings, object> set
    ) => (Name, _parse, _get, _set) = (name, parse, get, set);

    /// <summary>Gets all keys by their name, which is case-insensitive, in the order in which messages list them.</summary>
    public static IReadOnlyDictionary<string, SettingsKey> All { get; } =
        new[]
        {
            Of("Window", Window.Parse, settings => settings.Window, (settings, value) => settings.Window = value),
            Of("Tripper", Tripper.Parse, settings => settings.Tripper, (settings, value) => settings.Tripper = value),
            Of(
                "BreakDuration",
                BreakDuration.Parse,
                settings => settings.BreakDuration,
                (settings, value) => settings.BreakDuration = value
            ),
            Of("Permit", Permit.Parse, settings => settings.Permit, (settings, value) => settings.Permit = value),
            Of("Recovery", Recovery.Parse, settings => settings.Recovery, (settings, value) => settings.Recovery = value),
            Of("ProbeLease", Duration, settings => settings.ProbeLease, (settings, value) => settings.ProbeLease = value),
            Of(
                "AbandonedAfter",
                DurationOrNever,
                settings => settings.AbandonedAfter,
                (settings, value) => settings.AbandonedAfter = value
            ),
            Of(
                "ProbeWithoutTraffic",
                Flag,
                settings => settings.ProbeWithoutTraffic,
                (settings, value) => settings.ProbeWithoutTraffic = value
            ),
            Of("InitialState", State, settings => settings.InitialState, (settings, value) => settings.InitialState = value),
            Of(
                "ListenerQueueCapacity",
                Count,
                settings => settings.ListenerQueueCapacity,
                (settings, value) => settings.ListenerQueueCapacity = value
            ),
            Of(
                "ListenerFlushTimeout",
                Duration,
                settings => settings.ListenerFlushTimeout,
                (settings, value) => settings.ListenerFlushTimeout = value
            ),
        }.ToDictionary(key => key.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets the keys of a group: all of its breakers, and its options.</summary>
    public static IReadOnlyDictionary<string, SettingsKey> OfGroup { get; } =
        All
            .Values.Concat([
                OfOption(
                    nameof(BreakerGroupOptions.MaxBreakers),
                    text => Number(text, 1, FluxgateDefaults.MostBreakers),
                    options => options.MaxBreakers,
                    (options, value) => options.MaxBreakers = value
                ),
                OfOption(
                    nameof(BreakerGroupOptions.IdleTimeout),
                    DurationOrNever,
                    options => options.IdleTimeout,
                    (options, value) => options.IdleTimeout = value
                ),
                OfOption(
                    nameof(BreakerGroupOptions.MaxOpenRatio),
                    Ratio,
                    options => options.MaxOpenRatio,
                    (options, value) => options.MaxOpenRatio = value
                ),
                OfOption(
                    nameof(BreakerGroupOptions.MaxKeySeries),
                    text => Number(text, 0, FluxgateDefaults.MostKeySeries),
                    options => options.MaxKeySeries,
                    (options, value) => options.MaxKeySeries = value
                ),
            ])
            .ToDictionary(key => key.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets the name of the key and of the setting.</summary>
    public string Name { get; }

    /// <summary>Reads text into settings.</summary>
    /// <returns>The value.</returns>
    /// <exception cref="FormatException">The text is invalid; the message states the expected format.</exception>
    public object Read(string text, FluxgateBreakerSettings settings)
    {
        var value = _parse(text);
        _set(settings, value);
        return value;
    }

    /// <summary>Returns the value in settings as text.</summary>
    public string TextIn(FluxgateBreakerSettings settings) => TextOf(_get(settings));

    /// <summary>Returns whether settings still contain a value that was read into them.</summary>
    /// <remarks>Code that adds to a part keeps it: <c>settings.Tripper |= Tripper.FailureStreak(3)</c>.</remarks>
    public bool IsIn(FluxgateBreakerSettings settings, object value) =>
        value is ValueType ? value.Equals(_get(settings)) : TextIn(settings).Contains(TextOf(value), StringComparison.Ordinal);

    /// <summary>Replaces the value in new settings by the old one if both have the same type and text.</summary>
    public void Keep(FluxgateBreakerSettings before, FluxgateBreakerSettings now)
    {
        if (_get(before) is { } old && old.GetType() == _get(now)?.GetType() && TextOf(old) == TextIn(now))
        {
            _set(now, old);
        }
    }

    private static SettingsKey Of<T>(
        string name,
        Func<string, T> parse,
        Func<FluxgateBreakerSettings, T> get,
        Action<FluxgateBreakerSettings, T> set
    )
        where T : notnull => new(name, text => parse(text), settings => get(settings), (settings, value) => set(settings, (T)value));

    private static SettingsKey OfOption<T>(
        string name,
        Func<string, T> parse,
        Func<BreakerGroupOptions, object?> get,
        Action<BreakerGroupOptions, T> set
    )
        where T : notnull =>
        new(name, text => parse(text), settings => get(OptionsOf(settings)), (settings, value) => set(OptionsOf(settings), (T)value));

    private static BreakerGroupOptions OptionsOf(FluxgateBreakerSettings settings) => SettingsReadResult.GroupOf(settings).Options;

    private static string TextOf(object? value)
    {
        switch (value)
        {
            case null:
                return "null";
            case TimeSpan never when never == Timeout.InfiniteTimeSpan:
                return Never;
            case double ratio:
                return RuleText.Ratio(ratio);
            case TimeSpan duration:
                return RuleText.Duration(duration);
            case BreakerState state when Enum.IsDefined(state):
                return state.ToLabel();
            case bool flag:
                return flag ? "true" : "false";
            default:
                try
                {
                    return string.Create(CultureInfo.InvariantCulture, $"{value}");
                }
                catch (Exception)
                {
                    // Users write parts, and their ToString may throw.
                    return value.GetType().Name;
                }
        }
    }

    private static TimeSpan DurationOrNever(string text)
    {
        if (string.Equals(text.Trim(), Never, StringComparison.OrdinalIgnoreCase))
        {
            return Timeout.InfiniteTimeSpan;
        }

        try
        {
            return Duration(text);
        }
        catch (FormatException error)
        {
            throw new FormatException($"{error.Message} Or '{Never}'.", error);
        }
    }

    /// <summary>Parses a duration as in the rules (<c>30s</c>) or as .NET formats it (<c>00:00:30</c>).</summary>
    private static TimeSpan Duration(string text)
    {
        if (
            !text.Contains(':', StringComparison.Ordinal)
            || !TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var duration)
        )
        {
            var reader = new RuleReader(text);
            duration = reader.Duration();
            reader.End("the end");
        }

        return duration > TimeSpan.Zero
            ? duration
            : throw new FormatException("Expected a duration greater than zero, such as 250ms, 1s or 2m.");
    }

    private static bool Flag(string text) =>
        bool.TryParse(text, out var flag) ? flag : throw new FormatException("Expected true or false.");

    private static int Count(string text) => Number(text, 1, int.MaxValue);

    private static int Number(string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new FormatException($"Expected a whole number from {RuleText.Number(least)} to {RuleText.Number(most)}.");

    private static double Ratio(string text)
    {
        var reader = new RuleReader(text);
        var ratio = reader.Ratio();
        reader.End("the end");
        return ratio is > 0 and <= 1
            ? ratio
            : throw new FormatException("Expected a ratio greater than 0 and at most 1 (100%), such as 50% or 0.5.");
    }

    private static BreakerState State(string text) =>
        StateText.TryRead(text, out var state, out var error) ? state : throw new FormatException(error);
}
