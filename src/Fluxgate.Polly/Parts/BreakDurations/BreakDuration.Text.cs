using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;

namespace Fluxgate;

/// <content>Parses the text that <see cref="object.ToString"/> returns.</content>
[TypeConverter(typeof(TextConverter<BreakDuration>))]
public abstract partial class BreakDuration : IFromText<BreakDuration>
{
    private static readonly RuleGrammar<BreakDuration> Grammar = new(
        "break duration",
        new Dictionary<string, Func<RuleReader, BreakDuration>>(StringComparer.OrdinalIgnoreCase)
        {
            ["Fixed"] = reader =>
                reader.Bracketed(
                    () => (Duration: reader.Duration(), Jitter: reader.TrySign(",") ? ParseJitter(reader) : 0),
                    read => Fixed(read.Duration, read.Jitter)
                ),
            ["Backoff"] = reader =>
                reader.Bracketed(() => ParseBackoff(reader), read => Backoff(read.Initial, read.Multiplier, read.Max, read.Jitter)),
            ["None"] = _ => None,
            ["UntilReset"] = _ => UntilReset,
        }
    );

    /// <summary>Parses a break duration: <c>Fixed(60s)</c>, <c>Fixed(60s, jitter 10%)</c>, <c>Backoff(10s, x2, max 10m, jitter 10%)</c>, <c>None</c>, <c>UntilReset</c>.</summary>
    /// <param name="text">The text; names are case-insensitive. Ratios are <c>50%</c> or <c>0.5</c>, durations <c>250ms</c>, <c>1s</c>, <c>2m</c>, <c>1h</c>, <c>1d</c>. Independent of the culture.</param>
    /// <returns>The break duration.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is <see langword="null"/>.</exception>
    /// <exception cref="FormatException">The text is not a break duration; the message names the column, what was found and what was expected.</exception>
    public static BreakDuration Parse(string text) => Grammar.Parse(text);

    /// <summary>Parses a break duration as <see cref="Parse"/> does, and returns the error instead of throwing it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="breakDuration">The break duration; <see langword="null"/> if the text is not a break duration.</param>
    /// <param name="error">The error message; <see langword="null"/> if the text is a break duration.</param>
    /// <returns><see langword="true"/> if the text is a break duration.</returns>
    public static bool TryParse(
        string? text,
        [NotNullWhen(true)] out BreakDuration? breakDuration,
        [NotNullWhen(false)] out string? error
    ) => Grammar.TryParse(text, out breakDuration, out error);

    private static double ParseJitter(RuleReader reader) =>
        reader.TryName("jitter") ? reader.Ratio("jitter") : throw reader.Expected("jitter and a ratio, such as jitter 10%");

    private static (TimeSpan Initial, double Multiplier, TimeSpan? Max, double Jitter) ParseBackoff(RuleReader reader)
    {
        const string Expectation = "a multiplier such as x2, max and a duration, or jitter and a ratio, each once";
        var initial = reader.Duration("initial");
        double? multiplier = null,
            jitter = null;
        TimeSpan? max = null;
        while (reader.TrySign(","))
        {
            if (max is null && reader.TryName("max"))
            {
                max = reader.Duration("max");
            }
            else if (jitter is null && reader.TryName("jitter"))
            {
                jitter = reader.Ratio("jitter");
            }
            else
            {
                multiplier = multiplier is null ? reader.Multiplier(Expectation) : throw reader.Expected(Expectation);
            }
        }

        return (initial, multiplier ?? BackoffBreak.DefaultMultiplier, max, jitter ?? 0);
    }
}
