using System.Text;

namespace QuickStart;

/// <summary>A frame of the live view. Lines are truncated to the size of the terminal.</summary>
internal sealed class Frame(int width, int height)
{
    private readonly StringBuilder _frame = new(AnsiStyle.Home);
    private int _lines;

    public int Width => width;

    public int LinesLeft => Math.Max(0, height - _lines);

    public void Line(params IEnumerable<Text> texts)
    {
        if (LinesLeft == 0)
        {
            return;
        }

        // No line break after the last line, or the terminal would scroll.
        _frame.Append(_lines++ == 0 ? "" : "\r\n");
        var left = width;
        foreach (var (content, color) in texts)
        {
            var shown = content.Length <= left ? content : string.Concat(content.AsSpan(0, Math.Max(0, left - 1)), left > 0 ? "…" : "");
            left -= shown.Length;
            _frame.Append(color).Append(shown).Append(color.Length == 0 ? "" : AnsiStyle.Plain);
        }

        _frame.Append(left == 0 ? "" : AnsiStyle.ClearLine);
    }

    public override string ToString() => _frame + AnsiStyle.ClearBelow;
}
