using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;

namespace Fluxgate;

/// <content>Parses the text that <see cref="object.ToString"/> returns.</content>
[TypeConverter(typeof(TextConverter<Tripper>))]
public abstract partial class Tripper : IFromText<Tripper>
{
    private static readonly RuleGrammar<Tripper> Grammar = new(
        "tripper",
        new Dictionary<string, Func<RuleReader, Tripper>>(StringComparer.OrdinalIgnoreCase)
        {
            ["MinRequests"] = reader => reader.Bracketed(() => reader.Count(), MinRequests),
            ["FailureRate"] = reader => reader.Bracketed(() => reader.Ratio(), FailureRate),
            ["SlowRate"] = reader =>
                reader.Bracketed(
                    () => (Ratio: reader.Ratio(), Threshold: reader.Duration("threshold", ",")),
                    read => SlowRate(read.Ratio, read.Threshold)
                ),
            ["AvgLatency"] = reader => reader.Bracketed(() => reader.Duration("threshold"), AvgLatency),
            ["FailureStreak"] = reader => reader.Bracketed(() => reader.Count(), FailureStreak),
            ["Closed"] = _ => Closed,
            ["HalfOpened"] = _ => HalfOpened,
        },
        (left, right) => left & right,
        (left, right) => left | right
    );

    /// <summary>Parses a rule: <c>FailureStreak(5) | (MinRequests(20) &amp; (FailureRate(50%) | SlowRate(30%, 1s)))</c>.</summary>
    /// <param name="text">
    /// The text: leaves with the names of their factories, which are case-insensitive, combined with <c>&amp;</c> (higher precedence), <c>|</c> and
    /// brackets. Ratios are <c>50%</c> or <c>0.5</c>, durations <c>250ms</c>, <c>1s</c>, <c>2m</c>, <c>1h</c>, <c>1d</c>. Independent of the culture.
    /// </param>
    /// <returns>The rule.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is <see langword="null"/>.</exception>
    /// <exception cref="FormatException">The text is not a rule; the message names the column, what was found and what was expected.</exception>
    public static Tripper Parse(string text) => Grammar.Parse(text);

    /// <summary>Parses a rule as <see cref="Parse"/> does, and returns the error instead of throwing it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="tripper">The rule; <see langword="null"/> if the text is not a rule.</param>
    /// <param name="error">The error message; <see langword="null"/> if the text is a rule.</param>
    /// <returns><see langword="true"/> if the text is a rule.</returns>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Tripper? tripper, [NotNullWhen(false)] out string? error) =>
        Grammar.TryParse(text, out tripper, out error);
}
