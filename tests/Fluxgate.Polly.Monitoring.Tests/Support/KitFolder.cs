using System.Globalization;
using System.Text.RegularExpressions;

namespace Fluxgate;

/// <summary>
/// A temporary copy of the files of samples/monitoring with other ports and shorter times: targets and the address of the receiver are
/// replaced, scrapes and evaluations run every second, and a minute of <c>for</c> is a second, ten at most. The rest is unchanged.
/// </summary>
internal sealed partial class KitFolder : IAsyncDisposable
{
    private const double LongestFor = 10;

    public KitFolder() => Directory.CreateDirectory(Path);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"fluxgate-monitoring-{Guid.NewGuid():N}");

    public static string Sample(string file) => Repository.Read($"samples/monitoring/{file}");

    /// <summary>Copies a file and applies all replacements; fails if a text to replace is missing.</summary>
    public void Copy(string file, params (string What, string With)[] replacements) => Write(file, With(Sample(file), replacements));

    public void CopyPrometheus(int outage, int quiet, int alertmanager)
    {
        Write(
            "prometheus.yml",
            Intervals()
                .Replace(
                    With(
                        Sample("prometheus.yml"),
                        ("localhost:9464", $"localhost:{outage}"),
                        ("localhost:5080", $"localhost:{quiet}"),
                        ("localhost:9093", $"localhost:{alertmanager}")
                    ),
                    "${interval}: 1s"
                )
        );
        Copy("recording.rules.yml");
        Write("alerts.rules.yml", For().Replace(Sample("alerts.rules.yml"), Shortened));
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Path, recursive: true);
        return default;
    }

    private static string Shortened(Match found)
    {
        var minutes =
            double.Parse(found.Groups["number"].Value, CultureInfo.InvariantCulture) * (found.Groups["unit"].Value == "h" ? 60 : 1);
        return string.Create(CultureInfo.InvariantCulture, $"for: {Math.Min(minutes, LongestFor)}s");
    }

    private static string With(string text, params (string What, string With)[] replacements)
    {
        foreach (var (what, with) in replacements)
        {
            Assert.Contains(what, text, StringComparison.Ordinal);
            text = text.Replace(what, with, StringComparison.Ordinal);
        }

        return text;
    }

    public void Write(string file, string text) => File.WriteAllText(System.IO.Path.Combine(Path, file), text);

    [GeneratedRegex(@"(?<interval>scrape_interval|evaluation_interval): \d+s", RegexOptions.None, 1000)]
    private static partial Regex Intervals();

    [GeneratedRegex(@"for: (?<number>\d+)(?<unit>[mh])", RegexOptions.None, 1000)]
    private static partial Regex For();
}
