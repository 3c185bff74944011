using System.Text;

namespace QuickStart;

/// <summary>One frame: no line is longer than the terminal is wide, and there are no more of them than fit.</summary>
internal sealed class Picture(int width, int height)
{
    private readonly StringBuilder _frame = new(Ink.Home);
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
        foreach (var (content, colour) in texts)
        {
            var shown = content.Length <= left ? content : string.Concat(content.AsSpan(0, Math.Max(0, left - 1)), left > 0 ? "…" : "");
            left -= shown.Length;
            _frame.Append(colour).Append(shown).Append(colour.Length == 0 ? "" : Ink.Plain);
        }

        _frame.Append(left == 0 ? "" : Ink.ClearLine);
    }

    public override string ToString() => _frame + Ink.ClearBelow;
}
