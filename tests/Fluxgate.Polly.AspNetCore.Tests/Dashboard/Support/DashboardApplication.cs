using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>A real application on Kestrel, on a free loopback port, with the dashboard at <c>/circuits</c>, a circuit "payments" and a group "tenants".</summary>
internal sealed class DashboardApplication : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly WebApplication _application;

    private DashboardApplication(WebApplication application, AuditLog log)
    {
        (_application, Log) = (application, log);
        Client = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false })
        {
            BaseAddress = new(application.Urls.Single()),
            Timeout = Deadline,
        };
    }

    public AuditLog Log { get; }

    public HttpClient Client { get; }

    public IServiceProvider Services => _application.Services;

    public FluxgateBreakers Breakers => Services.GetRequiredService<FluxgateBreakers>();

    public FluxgateBreaker Payments => Breakers["payments"];

    public BreakerGroup Tenants => Breakers.GetGroup("tenants");

    public DashboardFeed Feed =>
        Services
            .GetRequiredService<IEnumerable<EndpointDataSource>>()
            .SelectMany(source => source.Endpoints)
            .Select(endpoint => endpoint.Metadata.GetMetadata<DashboardMetadata>()?.Feed)
            .OfType<DashboardFeed>()
            .First();

    /// <param name="configure">Sets the options; by default, "staff" may see and "operators" may control.</param>
    /// <param name="services">Registers services.</param>
    /// <param name="map">Maps further endpoints and middleware, before the dashboard.</param>
    /// <param name="time">The clock of breakers and dashboard.</param>
    /// <param name="settings">The settings of "payments".</param>
    /// <param name="url">The address; by default on a free port.</param>
    public static async Task<DashboardApplication> StartAsync(
        Action<FluxgateDashboardOptions>? configure = null,
        Action<IServiceCollection>? services = null,
        Action<WebApplication>? map = null,
        TimeProvider? time = null,
        Action<FluxgateBreakerSettings>? settings = null,
        string url = "http://127.0.0.1:0"
    )
    {
        var builder = WebApplication.CreateSlimBuilder();
        var log = new AuditLog();
        builder.WebHost.UseUrls(url);
        builder.Logging.ClearProviders().AddProvider(log);
        TestUsers.Add(builder.Services);
        if (time is not null)
        {
            builder.Services.AddSingleton(time);
        }

        builder.Services.AddFluxgate().AddBreaker("payments", settings ?? (_ => { })).AddBreakerGroup("tenants");
        services?.Invoke(builder.Services);
        var application = builder.Build();
        map?.Invoke(application);
        application.MapFluxgateDashboard("/circuits", configure ?? Guarded);
        await application.StartAsync();
        return new(application, log);
    }

    public static void Guarded(FluxgateDashboardOptions options) => (options.Policy, options.ControlPolicy) = ("staff", "operators");

    public static void Open(FluxgateDashboardOptions options) => options.AllowAnonymous = true;

    /// <summary>Sends a request. Paths are below <c>/circuits/</c>.</summary>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        string? user = "operator",
        string? json = null,
        Action<HttpRequestMessage>? change = null
    )
    {
        using var request = new HttpRequestMessage(method, $"/circuits{path}");
        if (user is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", user);
        }

        request.Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json");
        change?.Invoke(request);
        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public async Task<JsonElement> GetAsync(string path, string? user = "operator")
    {
        using var response = await SendAsync(HttpMethod.Get, path, user);
        return JsonDocument.Parse(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync()).RootElement;
    }

    public Task<HttpResponseMessage> ActAsync(
        string action,
        string? reason = "a good reason",
        string query = "name=payments",
        string? user = "operator",
        Action<HttpRequestMessage>? change = null
    ) => SendAsync(HttpMethod.Post, $"/api/circuit/{action}?{query}", user, JsonSerializer.Serialize(new { reason }), change);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        using var deadline = new CancellationTokenSource(Deadline);
        await _application.StopAsync(deadline.Token);
        await _application.DisposeAsync();
    }
}
