using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;

namespace Fluxgate;

/// <content>Parses the text that <see cref="object.ToString"/> returns.</content>
[TypeConverter(typeof(TextConverter<Recovery>))]
public abstract partial class Recovery : IFromText<Recovery>
{
    private static readonly RuleGrammar<Recovery> Grammar = new(
        "recovery",
        new Dictionary<string, Func<RuleReader, Recovery>>(StringComparer.OrdinalIgnoreCase)
        {
            ["AfterProbes"] = reader => reader.Bracketed(() => reader.Count(), AfterProbes),
            ["After"] = reader => reader.Bracketed(() => reader.Duration(), After),
            ["WhenQuiet"] = _ => WhenQuiet,
        },
        (left, right) => left & right
    );

    /// <summary>Parses a recovery: <c>AfterProbes(10)</c>, <c>After(60s)</c>, <c>WhenQuiet</c>, joined by <c>&amp;</c>.</summary>
    /// <param name="text">The text; names are case-insensitive. Ratios are <c>50%</c> or <c>0.5</c>, durations <c>250ms</c>, <c>1s</c>, <c>2m</c>, <c>1h</c>, <c>1d</c>. Independent of the culture.</param>
    /// <returns>The recovery.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is <see langword="null"/>.</exception>
    /// <exception cref="FormatException">The text is not a recovery; the message names the column, what was found and what was expected.</exception>
    public static Recovery Parse(string text) => Grammar.Parse(text);

    /// <summary>Parses a recovery as <see cref="Parse"/> does, and returns the error instead of throwing it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="recovery">The recovery; <see langword="null"/> if the text is not a recovery.</param>
    /// <param name="error">The error message; <see langword="null"/> if the text is a recovery.</param>
    /// <returns><see langword="true"/> if the text is a recovery.</returns>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Recovery? recovery, [NotNullWhen(false)] out string? error) =>
        Grammar.TryParse(text, out recovery, out error);
}
