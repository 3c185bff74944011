using System.Text.Json;

namespace Fluxgate;

/// <summary>A viewer: reads the events of a stream, each with a deadline.</summary>
internal sealed class EventReader : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly HttpResponseMessage _response;
    private readonly StreamReader _lines;

    private EventReader(HttpResponseMessage response, Stream stream) => (_response, _lines) = (response, new(stream));

    public static async Task<EventReader> OpenAsync(DashboardApplication application, string query = "", string? user = "staff")
    {
        var response = await application.SendAsync(HttpMethod.Get, $"/api/events{query}", user);
        response.EnsureSuccessStatusCode();
        return new(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>Reads the next event.</summary>
    /// <returns>Its name and data; <see langword="null"/> at the end of the stream.</returns>
    public async Task<(string Name, JsonElement Data)?> NextAsync()
    {
        using var late = new CancellationTokenSource(Deadline);
        string? name = null;
        while (await _lines.ReadLineAsync(late.Token) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal))
            {
                name = line["event: ".Length..];
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                return (name!, JsonDocument.Parse(line["data: ".Length..]).RootElement);
            }
        }

        return null;
    }

    public async Task<JsonElement> NextAsync(string name)
    {
        var next = await NextAsync();
        Assert.Equal(name, next?.Name);
        return next!.Value.Data;
    }

    public ValueTask DisposeAsync()
    {
        _lines.Dispose();
        _response.Dispose();
        return default;
    }
}
