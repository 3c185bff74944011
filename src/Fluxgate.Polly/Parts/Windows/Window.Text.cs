using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;

namespace Fluxgate;

/// <content>Parses the text that <see cref="object.ToString"/> returns.</content>
[TypeConverter(typeof(TextConverter<Window>))]
public abstract partial class Window : IFromText<Window>
{
    private static readonly RuleGrammar<Window> Grammar = new(
        "window",
        new Dictionary<string, Func<RuleReader, Window>>(StringComparer.OrdinalIgnoreCase)
        {
            ["Count"] = reader => reader.Bracketed(() => reader.Count("size"), Count),
            ["Time"] = reader =>
                reader.Bracketed(
                    () => (Duration: reader.Duration(), Buckets: reader.TrySign(",") ? reader.Count("buckets") : TimeWindow.DefaultBuckets),
                    read => Time(read.Duration, read.Buckets)
                ),
        }
    );

    /// <summary>Parses a window: <c>Count(100)</c>, <c>Time(60s)</c>, or <c>Time(60s, 20)</c> with 20 buckets.</summary>
    /// <param name="text">The text; names are case-insensitive. Ratios are <c>50%</c> or <c>0.5</c>, durations <c>250ms</c>, <c>1s</c>, <c>2m</c>, <c>1h</c>, <c>1d</c>. Independent of the culture.</param>
    /// <returns>The window.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is <see langword="null"/>.</exception>
    /// <exception cref="FormatException">The text is not a window; the message names the column, what was found and what was expected.</exception>
    public static Window Parse(string text) => Grammar.Parse(text);

    /// <summary>Parses a window as <see cref="Parse"/> does, and returns the error instead of throwing it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="window">The window; <see langword="null"/> if the text is not a window.</param>
    /// <param name="error">The error message; <see langword="null"/> if the text is a window.</param>
    /// <returns><see langword="true"/> if the text is a window.</returns>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Window? window, [NotNullWhen(false)] out string? error) =>
        Grammar.TryParse(text, out window, out error);
}
