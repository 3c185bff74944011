using System.Text;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Fluxgate;

/// <summary>The service in this process with its own settings; its upstreams are real.</summary>
internal sealed class PaymentsApplication : WebApplicationFactory<Program>
{
    public const string Key = "a-key-for-tests-only";

    private readonly Dictionary<string, string> _settings;
    private readonly Lazy<HttpClient> _client;

    public PaymentsApplication(bool withControl = false, params IEnumerable<(string Key, string Value)> settings)
    {
        _settings = settings.ToDictionary(setting => setting.Key, setting => setting.Value, StringComparer.Ordinal);
        if (withControl)
        {
            _settings["Control:Enabled"] = "true";
            _settings["Control:Key"] = Key;
        }

        // The first call of a new process may take seconds on a busy machine.
        _settings.TryAdd("Upstreams:Timeout", "00:00:30");
        _client = new(CreateClient);
    }

    public HttpClient Client => _client.Value;

    public FluxgateBreaker Breaker(string name) => Services.GetRequiredService<FluxgateBreakers>()[name];

    public Task<HttpResponseMessage> PayAsync(string amount = "20", string card = "4242424242424242") =>
        SendAsync($$"""{"amount":{{amount}},"card":"{{card}}"}""");

    public async Task<HttpResponseMessage> SendAsync(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await Client.PostAsync("/payments", content);
    }

    public async Task BreakAsync(string upstream, string how)
    {
        using var response = await Client.PostAsync($"/upstreams/{upstream}/break?how={how}", content: null);
        response.EnsureSuccessStatusCode();
    }

    public async Task<HttpResponseMessage> ControlAsync(
        HttpMethod method,
        string path,
        string? credentials = $"alice:{Key}",
        string? json = null
    )
    {
        using var request = new HttpRequestMessage(method, path);
        if (credentials is not null)
        {
            request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        }

        request.Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json");
        return await Client.SendAsync(request);
    }

    public Task<HttpResponseMessage> ActAsync(string action, string? credentials = $"alice:{Key}") =>
        ControlAsync(HttpMethod.Post, $"/circuits/api/circuit/{action}?name=cards", credentials, """{"reason":"a good reason"}""");

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Production");
        foreach (var (key, value) in _settings)
        {
            builder.UseSetting(key, value);
        }
    }
}
