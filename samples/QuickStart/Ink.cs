using Fluxgate;

namespace QuickStart;

/// <summary>A piece of a line, and how it is coloured.</summary>
internal readonly record struct Text(string Content, string Colour = "")
{
    public static implicit operator Text(string content) => new(content);
}

/// <summary>The colours of a terminal, or none.</summary>
internal sealed class Ink(bool colours)
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

    public Text Careful(string text) => In("\e[33m", text);

    public Text Of(BreakerState state, string text) =>
        state switch
        {
            BreakerState.Closed => Good(text),
            BreakerState.HalfOpen => Careful(text),
            _ => Bad(text),
        };

    /// <summary>A state as a sign on a wall.</summary>
    public Text Badge(BreakerState state)
    {
        var (_, colour) = Of(state, "");
        var name = state.ToLabel().ToUpperInvariant();
        return colours ? new Text($" {name} ", $"{colour}\e[1;7m") : $"[{name}]";
    }

    /// <summary>A state as one character, which tells it without colours too.</summary>
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

    private Text In(string colour, string text) => new(text, colours ? colour : "");
}
