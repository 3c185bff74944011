using System.Globalization;
using Fluxgate.Simulation;

namespace Fluxgate.Report;

/// <summary>Draws a run with characters: the members by state, and the calls, over time.</summary>
internal sealed class TextPicture(Recording recording, TextWriter output, bool hasColors)
{
    private const int MostColumns = 100;
    private const int Rows = 10;
    private const string Bars = " ▁▂▃▄▅▆▇█";
    private const string Reset = "\u001b[0m";

    // From the bottom up.
    private static readonly (char Mark, string Color, string Name, Func<Second, int> Members)[] Layers =
    [
        ('.', "\u001b[32m", "closed", second => second.In(BreakerState.Closed)),
        ('+', "\u001b[33m", "half-open", second => second.In(BreakerState.HalfOpen)),
        ('#', "\u001b[31m", "open", second => second.In(BreakerState.Open)),
        ('m', "\u001b[36m", "manual", Manual),
    ];

    private readonly int _step = (recording.Seconds.Count + MostColumns - 1) / MostColumns;

    public void Draw()
    {
        var columns = recording.Seconds.Chunk(_step).ToArray();
        output.WriteLine();
        output.WriteLine($"members: {string.Join(", ", Layers.Select(layer => $"{Colored(layer.Mark, layer.Color)} {layer.Name}"))}");
        for (var row = Rows - 1; row >= 0; row--)
        {
            output.WriteLine("  " + string.Concat(columns.Select(column => MarkAt(column[^1], (row + 0.5) / Rows))));
        }

        output.WriteLine("  " + Axis(columns.Length));
        var most = columns.Max(column => Mean(column, second => second.Demand));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"calls per second, █ = {most:0}:"));
        Line("asked", columns, second => second.Demand, most);
        Line("offered", columns, second => second.Offered, most);
        Line("served", columns, second => second.Served, most);
        Line("failed", columns, second => second.Failed, most);
        if (recording.Seconds.Any(second => second.Capacity is not null))
        {
            Line("capacity", columns, second => Math.Min(most, second.Capacity ?? most), most);
        }

        output.WriteLine("share of the members that may serve, █ = all:");
        Line("share", columns, second => second.Share, 1);
        output.WriteLine();
    }

    private static int Manual(Second second) =>
        second.In(BreakerState.Disabled) + second.In(BreakerState.ForcedOpen) + second.In(BreakerState.MetricsOnly);

    private static double Mean(Second[] column, Func<Second, double> value) => column.Average(value);

    private void Line(string name, Second[][] columns, Func<Second, double> value, double most) =>
        output.WriteLine($"  {string.Concat(columns.Select(column => Bar(Mean(column, value) / most)))}  {name}");

    // What is not nothing is visible.
    private static char Bar(double ratio) =>
        Bars[ratio <= 0 ? 0 : Math.Clamp((int)Math.Round(ratio * (Bars.Length - 1)), 1, Bars.Length - 1)];

    private string MarkAt(Second second, double height)
    {
        var (members, below) = (second.Members.Sum(), 0);
        foreach (var layer in Layers)
        {
            below += layer.Members(second);
            if (height * members < below)
            {
                return Colored(layer.Mark, layer.Color);
            }
        }

        return " ";
    }

    private string Axis(int columns)
    {
        var axis = new char[columns + 8];
        Array.Fill(axis, ' ');
        for (var column = 0; column < columns; column += 10)
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"|{column * _step} s");
            text.CopyTo(axis.AsSpan(column));
        }

        return new string(axis).TrimEnd();
    }

    private string Colored(char mark, string color) => hasColors ? $"{color}{mark}{Reset}" : mark.ToString();
}
