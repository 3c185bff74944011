using FsCheck;
using FsCheck.Fluent;

namespace Fluxgate;

/// <summary>The five kinds of parts that can be parsed, so that tests on all of them are written once.</summary>
internal sealed record Language(
    string Kind,
    Func<string, object> Parse,
    Func<string?, (bool Read, object? Part, string? Error)> TryParse,
    Gen<string> Texts
)
{
    public static Language[] All { get; } =
    [
        new(
            "tripper",
            Tripper.Parse,
            text => (Tripper.TryParse(text, out var part, out var error), part, error),
            Written(RandomParts.Trippers)
        ),
        new(
            "permit",
            Permit.Parse,
            text => (Permit.TryParse(text, out var part, out var error), part, error),
            Written(RandomParts.Permits)
        ),
        new(
            "recovery",
            Recovery.Parse,
            text => (Recovery.TryParse(text, out var part, out var error), part, error),
            Written(RandomParts.Recoveries)
        ),
        new(
            "window",
            Window.Parse,
            text => (Window.TryParse(text, out var part, out var error), part, error),
            Written(RandomParts.Windows)
        ),
        new(
            "break duration",
            BreakDuration.Parse,
            text => (BreakDuration.TryParse(text, out var part, out var error), part, error),
            Written(RandomParts.BreakDurations)
        ),
    ];

    public override string ToString() => Kind;

    /// <summary>Asserts that both ways of parsing refuse a text, and returns their message.</summary>
    public string Refuses(string text)
    {
        var message = Assert.Throws<FormatException>(() => Parse(text)).Message;
        Assert.Equal((false, null, message), TryParse(text));
        return message;
    }

    private static Gen<string> Written<T>(Gen<T> parts) => parts.Select(part => part!.ToString()!);
}
