using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Fluxgate;

/// <summary>Parses pages with the Prometheus client for Python, which is strict for OpenMetrics.</summary>
internal static class PythonClient
{
    /// <summary>The system's Python, for which Debian packages the client; another one on the PATH may not have it.</summary>
    public const string Python = "/usr/bin/python3";

    private const string Script = """
        import json, os, sys
        from prometheus_client.parser import text_string_to_metric_families as text
        from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics

        for name in sorted(os.listdir(sys.argv[1])):
            with open(os.path.join(sys.argv[1], name), encoding="utf-8", newline="") as file:
                page = file.read()
            read = openmetrics if name.endswith(".openmetrics") else text
            print(json.dumps([
                [family.name, family.type, sample.name, sample.labels, repr(float(sample.value))]
                for family in read(page) for sample in family.samples
            ]))
        """;

    /// <summary>Renders the page in one of the formats.</summary>
    public static byte[] Written(this PrometheusMetrics metrics, PageFormat format)
    {
        var page = new ArrayBufferWriter<byte>();
        metrics.Write(page, format);
        return page.WrittenSpan.ToArray();
    }

    /// <summary>Parses pages, all in one process. A page that is rejected fails the test with the error.</summary>
    /// <returns>The samples of each page.</returns>
    public static async Task<IReadOnlyList<IReadOnlyList<PythonSample>>> ReadAsync(params (PageFormat Format, byte[] Page)[] pages)
    {
        var folder = Directory.CreateTempSubdirectory("fluxgate-pages-");
        try
        {
            for (var i = 0; i < pages.Length; i++)
            {
                var name = $"{i.ToString("D6", CultureInfo.InvariantCulture)}.{pages[i].Format.ToString().ToLowerInvariant()}";
                await File.WriteAllBytesAsync(Path.Combine(folder.FullName, name), pages[i].Page);
            }

            var (exitCode, output, errors) = await ExternalTool.RunAsync(Python, ["-c", Script, folder.FullName]);
            Assert.True(exitCode == 0, $"prometheus_client refuses the page: {errors}");
            var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(pages.Length, lines.Length);
            return [.. lines.Select(Samples)];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static List<PythonSample> Samples(string line)
    {
        using var json = JsonDocument.Parse(line);
        return [.. json.RootElement.EnumerateArray().Select(Sample)];
    }

    private static PythonSample Sample(JsonElement sample) =>
        new(
            sample[0].GetString()!,
            sample[1].GetString()!,
            sample[2].GetString()!,
            sample[3].EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!, StringComparer.Ordinal),
            sample[4].GetString() switch
            {
                "inf" => double.PositiveInfinity,
                "-inf" => double.NegativeInfinity,
                var number => double.Parse(number!, CultureInfo.InvariantCulture),
            }
        );
}
