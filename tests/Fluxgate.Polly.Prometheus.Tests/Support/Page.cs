using System.Buffers;
using System.Globalization;
using System.Text;

namespace Fluxgate;

/// <summary>Parses one page of metrics strictly: it accepts only text format 0.0.4 as specified.</summary>
internal sealed class Page
{
    private readonly Dictionary<string, double> _series = new(StringComparer.Ordinal);

    private ILookup<string?, Series>? _byCircuit;

    private Page(string text) => Text = text;

    public string Text { get; }

    /// <summary>Families in the order of the page, with their types.</summary>
    public List<(string Name, string Type)> Families { get; } = [];

    public List<Series> All { get; } = [];

    public static Page Of(PrometheusMetrics metrics)
    {
        var buffer = new ArrayBufferWriter<byte>();
        metrics.Write(buffer);
        return Parse(buffer.WrittenSpan);
    }

    public static Page Parse(ReadOnlySpan<byte> utf8)
    {
        // Throws on invalid UTF-8; a byte order mark would stay in the text and not be a comment.
        var text = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(utf8);
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        var page = new Page(text);
        foreach (var line in text[..^1].Split('\n'))
        {
            if (line.StartsWith('#'))
            {
                page.ReadComment(line);
            }
            else
            {
                page.ReadSeries(line);
            }
        }

        return page;
    }

    /// <summary>Returns the value of a series, written as on the page: <c>circuit_breaker_state{circuit_name="a",state="open"}</c>.</summary>
    public double this[string series] => _series.TryGetValue(series, out var value) ? value : throw new KeyNotFoundException(series);

    public bool Has(string series) => _series.ContainsKey(series);

    public double State(string circuit, string state) => this[$"circuit_breaker_state{{circuit_name=\"{circuit}\",state=\"{state}\"}}"];

    public double Transitions(string circuit, string from, string to) => this[TransitionSeries(circuit, from, to)];

    public static string TransitionSeries(string circuit, string from, string to) =>
        $"circuit_breaker_state_transition_total{{circuit_name=\"{circuit}\",old_state=\"{from}\",new_state=\"{to}\"}}";

    /// <summary>The names of the circuits on the page.</summary>
    public IEnumerable<string> Circuits =>
        All.Where(series => series.Labels.ContainsKey("circuit_name"))
            .Select(series => series.Labels["circuit_name"])
            .Distinct(StringComparer.Ordinal);

    /// <summary>The states with value 1; more or fewer than one is trap M2.</summary>
    public string[] CurrentStates(string circuit) =>
        [.. Of(circuit).Where(series => series is { Name: "circuit_breaker_state", Value: 1 }).Select(series => series.Labels["state"])];

    /// <summary>Returns the series of one circuit.</summary>
    public IEnumerable<Series> Of(string circuit) =>
        (_byCircuit ??= All.ToLookup(series => series.Labels.GetValueOrDefault("circuit_name"), StringComparer.Ordinal))[circuit];

    private void ReadComment(string line)
    {
        var words = line.Split(' ', 4);
        Assert.Equal(4, words.Length);
        Assert.Equal("#", words[0]);
        if (words[1] is "HELP")
        {
            Assert.DoesNotContain(words[2], Families.Select(family => family.Name));
            Families.Add((words[2], ""));
            return;
        }

        Assert.Equal("TYPE", words[1]);
        Assert.Equal((words[2], ""), Families[^1]);
        Assert.True(words[3] is "counter" or "gauge" or "histogram" or "summary" or "untyped", $"No such type: {line}");
        Families[^1] = (words[2], words[3]);
    }

    private void ReadSeries(string line)
    {
        var (series, end) = SeriesReader.Read(line);
        Assert.Equal(' ', line[end]);
        var number = line[(end + 1)..];
        if (number.Contains(' ', StringComparison.Ordinal))
        {
            Assert.Fail($"No single number: {line}");
        }

        series = series with { Value = Number(number) };

        // Families do not interleave: a series belongs to the last one announced.
        var (family, type) = Families[^1];
        if (type.Length == 0 || !IsOf(series.Name, family, type))
        {
            Assert.Fail($"No series of {family}, a {type}: {line}");
        }

        if (!_series.TryAdd(line[..end], series.Value))
        {
            Assert.Fail($"Duplicate series: {line}");
        }

        All.Add(series);
    }

    private static bool IsOf(string series, string family, string type) =>
        type is "histogram"
            ? series.StartsWith(family, StringComparison.Ordinal) && series[family.Length..] is ("_bucket" or "_sum" or "_count")
            : string.Equals(series, family, StringComparison.Ordinal);

    private static double Number(string text) =>
        text switch
        {
            "+Inf" => double.PositiveInfinity,
            "-Inf" => double.NegativeInfinity,
            "NaN" => double.NaN,
            _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
        };
}
