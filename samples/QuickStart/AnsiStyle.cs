using Fluxgate;

namespace QuickStart;

/// <summary>A part of a line with its color.</summary>
internal readonly record struct Text(string Content, string Color = "")
{
    public static implicit operator Text(string content) => new(content);
}

/// <summary>The styles of a terminal with or without colors.</summary>
internal sealed class AnsiStyle(bool colors)
{
    public const string EnterScreen = "\e[?1049h\e[?25l\e[2J";
    public const string LeaveScreen = "\e[?25h\e[?1049l";
    public const string Home = "\e[H";
    public const string Plain = "\e[0m";
    public const string ClearLine = "\e[K";
    public const string ClearBelow = "\e[J";

    public Text Bold(string text) => In("\e[1m", text);

    public Text Faint(string text) => In("\e[2m", text);

    public Text Good(string text) => In("\e[32m", text);

    public Text Bad(string text) => In("\e[31m", text);

    public Text Warning(string text) => In("\e[33m", text);

    public Text Of(BreakerState state, string text) =>
        state switch
        {
            BreakerState.Closed => Good(text),
            BreakerState.HalfOpen => Warning(text),
            _ => Bad(text),
        };

    /// <summary>Returns a state as a highlighted label.</summary>
    public Text Badge(BreakerState state)
    {
        var (_, color) = Of(state, "");
        var name = state.ToLabel().ToUpperInvariant();
        return colors ? new Text($" {name} ", $"{color}\e[1;7m") : $"[{name}]";
    }

    /// <summary>Returns a state as one character, which is readable without colors.</summary>
    public Text Mark(BreakerState state) =>
        Of(
            state,
            state switch
            {
                BreakerState.Closed => "─",
                BreakerState.HalfOpen => "▒",
                _ => "█",
            }
        );

    private Text In(string color, string text) => new(text, colors ? color : "");
}
