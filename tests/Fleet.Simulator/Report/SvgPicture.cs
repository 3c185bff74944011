using System.Globalization;
using System.Text;
using Fluxgate.Simulation;

namespace Fluxgate.Report;

/// <summary>Draws a run as SVG: the members by state above, the calls below.</summary>
internal static class SvgPicture
{
    private const double Left = 60;
    private const double Width = 620;
    private const double Height = 110;
    private const double MembersTop = 44;
    private const double CallsTop = 192;
    private const double Smooth = 1.15;
    private const int Ticks = 6;

    private static readonly (string Class, string Name, BreakerState State)[] Layers =
    [
        ("closed", "closed", BreakerState.Closed),
        ("half", "half-open", BreakerState.HalfOpen),
        ("open", "open", BreakerState.Open),
    ];

    public static string Of(Recording recording, string title)
    {
        var seconds = recording.Seconds;
        var most = seconds.Max(second => second.Demand) * Smooth;
        var text = new StringBuilder();
        text.Append(
            $$"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 340" role="img" aria-label="{{title}}">
            <style>text { font: 12px sans-serif; fill: #333 } .closed { fill: #5aa469 } .half { fill: #e9c46a } .open { fill: #d1495b } .axis { stroke: #888 }
            polyline { fill: none; stroke-width: 1.5 } .asked { stroke: #999; stroke-dasharray: 3 3 } .offered { stroke: #2a78c8 } .failed { stroke: #d1495b } .capacity { stroke: #333 }
            @media (prefers-color-scheme: dark) { text { fill: #ddd } .capacity { stroke: #ddd } }</style>
            <text x="{{F(Left)}}" y="16">{{title}}</text>

            """
        );
        Legend(text, MembersTop - 8, "members:", Layers.Select(layer => (layer.Class, layer.Name)), areas: true);
        var below = new double[seconds.Count];
        foreach (var (style, _, state) in Layers)
        {
            var above = seconds.Select((second, i) => below[i] + ((double)second.In(state) / second.Members.Sum())).ToArray();
            var points = above
                .Select((y, i) => P(i, seconds.Count, MembersTop, y))
                .Concat(below.Select((y, i) => P(i, seconds.Count, MembersTop, y)).Reverse());
            text.Append(CultureInfo.InvariantCulture, $"<polygon class=\"{style}\" points=\"{string.Join(' ', points)}\"/>\n");
            below = above;
        }

        var hasCapacity = seconds.Any(second => second.Capacity is not null);
        (string, string)[] lines =
        [
            ("asked", "asked"),
            ("offered", "offered"),
            ("failed", "failed"),
            .. hasCapacity ? [("capacity", "capacity")] : Array.Empty<(string, string)>(),
        ];
        Legend(text, CallsTop - 8, "calls per second:", lines, areas: false);
        Line(text, "asked", seconds, second => second.Demand / most);
        Line(text, "offered", seconds, second => second.Offered / most);
        Line(text, "failed", seconds, second => second.Failed / most);
        if (hasCapacity)
        {
            Line(text, "capacity", seconds, second => second.Capacity / most);
        }

        Axes(text, seconds.Count, seconds[0].Members.Sum(), most);
        return text.Append("</svg>\n").ToString();
    }

    private static void Line(StringBuilder text, string style, IReadOnlyList<Second> seconds, Func<Second, double?> value)
    {
        var points = seconds
            .Select((second, i) => (Value: value(second), Number: i))
            .Where(point => point.Value <= 1)
            .Select(point => P(point.Number, seconds.Count, CallsTop, point.Value!.Value));
        text.Append(CultureInfo.InvariantCulture, $"<polyline class=\"{style}\" points=\"{string.Join(' ', points)}\"/>\n");
    }

    private static void Legend(StringBuilder text, double y, string name, IEnumerable<(string Class, string Name)> entries, bool areas)
    {
        text.Append(CultureInfo.InvariantCulture, $"<text x=\"{F(Left)}\" y=\"{F(y)}\">{name}</text>\n");
        var x = Left + 110;
        foreach (var (style, label) in entries)
        {
            text.Append(
                areas
                    ? $"<rect class=\"{style}\" x=\"{F(x)}\" y=\"{F(y - 9)}\" width=\"12\" height=\"9\"/>"
                    : $"<polyline class=\"{style}\" points=\"{F(x)},{F(y - 4)} {F(x + 14)},{F(y - 4)}\"/>"
            );
            text.Append(CultureInfo.InvariantCulture, $"<text x=\"{F(x + 18)}\" y=\"{F(y)}\">{label}</text>\n");
            x += 90;
        }
    }

    private static void Axes(StringBuilder text, int seconds, int members, double most)
    {
        foreach (var (top, label) in new[] { (MembersTop, members), (CallsTop, most) })
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"<polyline class=\"axis\" points=\"{F(Left)},{F(top)} {F(Left)},{F(top + Height)} {F(Left + Width)},{F(top + Height)}\"/><text x=\"{F(Left - 6)}\" y=\"{F(top + 10)}\" text-anchor=\"end\">{label:0}</text>\n"
            );
            for (var i = 0; i <= Ticks; i++)
            {
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"<text x=\"{F(Left + (Width * i / Ticks))}\" y=\"{F(top + Height + 15)}\" text-anchor=\"middle\">{(double)seconds * i / Ticks:0} s</text>"
                );
            }

            text.Append('\n');
        }
    }

    private static string P(int number, int count, double top, double value) =>
        $"{F(Left + (Width * number / Math.Max(1, count - 1)))},{F(top + (Height * (1 - value)))}";

    private static string F(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
