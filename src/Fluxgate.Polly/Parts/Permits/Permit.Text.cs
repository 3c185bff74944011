using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;

namespace Fluxgate;

/// <content>Parses the text that <see cref="object.ToString"/> returns.</content>
[TypeConverter(typeof(TextConverter<Permit>))]
public abstract partial class Permit : IFromText<Permit>
{
    private static readonly RuleGrammar<Permit> Grammar = new(
        "permit",
        new Dictionary<string, Func<RuleReader, Permit>>(StringComparer.OrdinalIgnoreCase)
        {
            ["All"] = _ => All,
            ["Random"] = reader => reader.Bracketed(() => reader.Ratio(), Random),
            ["RampUp"] = reader =>
                reader.Bracketed(
                    () => (Initial: reader.Ratio("initial"), Final: reader.Ratio("final", "->"), Duration: reader.Duration(after: ",")),
                    read => RampUp(read.Initial, read.Final, read.Duration)
                ),
            ["MaxConcurrent"] = reader => reader.Bracketed(() => reader.Count(), MaxConcurrent),
        },
        (left, right) => left & right
    );

    /// <summary>Parses a permit: <c>All</c>, <c>Random(10%)</c>, <c>RampUp(10% -> 100%, 60s)</c>, <c>MaxConcurrent(5)</c>, joined by <c>&amp;</c>.</summary>
    /// <param name="text">The text; names are case-insensitive. Ratios are <c>50%</c> or <c>0.5</c>, durations <c>250ms</c>, <c>1s</c>, <c>2m</c>, <c>1h</c>, <c>1d</c>. Independent of the culture.</param>
    /// <returns>The permit.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is <see langword="null"/>.</exception>
    /// <exception cref="FormatException">The text is not a permit; the message names the column, what was found and what was expected.</exception>
    public static Permit Parse(string text) => Grammar.Parse(text);

    /// <summary>Parses a permit as <see cref="Parse"/> does, and returns the error instead of throwing it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="permit">The permit; <see langword="null"/> if the text is not a permit.</param>
    /// <param name="error">The error message; <see langword="null"/> if the text is a permit.</param>
    /// <returns><see langword="true"/> if the text is a permit.</returns>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Permit? permit, [NotNullWhen(false)] out string? error) =>
        Grammar.TryParse(text, out permit, out error);
}
