using System.Globalization;
using System.Text.Json;

namespace Fluxgate;

/// <summary>The HTTP API of a Prometheus or an Alertmanager on loopback.</summary>
internal sealed class KitApi(int port) : IDisposable
{
    private readonly HttpClient _client = new() { BaseAddress = new($"http://127.0.0.1:{port}/"), Timeout = KitWait.Deadline };

    public int Port => port;

    public async Task<JsonElement> GetAsync(string path)
    {
        using var document = JsonDocument.Parse(await _client.GetStringAsync(path));
        return document.RootElement.Clone();
    }

    public async Task<bool> IsReadyAsync()
    {
        using var answer = await _client.GetAsync("-/ready");
        return answer.IsSuccessStatusCode;
    }

    /// <summary>Evaluates an expression, now or as of a time in Unix seconds.</summary>
    /// Prometheus rejected it; the message contains its error.
    public async Task<IReadOnlyList<KitSample>> QueryAsync(string expression, double? time = null)
    {
        var data = await AskAsync(expression, time);
        var result = data.GetProperty("result");
        return data.GetProperty("resultType").GetString() == "scalar"
            ? [new(new Dictionary<string, string>(), Number(result))]
            : [.. result.EnumerateArray().Select(sample => new KitSample(Labels(sample), Number(sample.GetProperty("value"))))];
    }

    /// <summary>Evaluates a selector with a range: returns all scraped values as they are stored.</summary>
    public async Task<IReadOnlyList<(IReadOnlyDictionary<string, string> Labels, (double Time, double Value)[] Points)>> RangesAsync(
        string selector,
        double time
    ) =>
        [
            .. (await AskAsync(selector, time))
                .GetProperty("result")
                .EnumerateArray()
                .Select(series =>
                    (
                        Labels(series),
                        series.GetProperty("values").EnumerateArray().Select(point => (point[0].GetDouble(), Number(point))).ToArray()
                    )
                ),
        ];

    public void Dispose() => _client.Dispose();

    private async Task<JsonElement> AskAsync(string expression, double? time)
    {
        using var form = new FormUrlEncodedContent(
            time is { } at
                ? [new("query", expression), new("time", at.ToString("R", CultureInfo.InvariantCulture))]
                : [new KeyValuePair<string, string>("query", expression)]
        );
        using var response = await _client.PostAsync("api/v1/query", form);
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        if (answer.RootElement.GetProperty("status").GetString() != "success")
        {
            throw new InvalidOperationException($"{answer.RootElement.GetProperty("error")}: {expression}");
        }

        Assert.False(answer.RootElement.TryGetProperty("warnings", out var warnings), $"{warnings}: {expression}");
        return answer.RootElement.GetProperty("data").Clone();
    }

    private static Dictionary<string, string> Labels(JsonElement series) => KitAlerts.Strings(series.GetProperty("metric"));

    private static double Number(JsonElement timed) =>
        timed[1].GetString() switch
        {
            "+Inf" => double.PositiveInfinity,
            "-Inf" => double.NegativeInfinity,
            var number => double.Parse(number!, CultureInfo.InvariantCulture),
        };
}
