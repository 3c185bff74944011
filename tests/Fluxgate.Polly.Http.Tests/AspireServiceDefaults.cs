using System.Net;
using Microsoft.Extensions.DependencyInjection;

namespace Fluxgate;

/// <summary>Checks the handler in place of Microsoft's with the service defaults of Aspire and the real service discovery.</summary>
public sealed class AspireServiceDefaults : IAsyncLifetime
{
    private readonly HttpWorld _world = new();
    private HttpUpstream _payments = null!;
    private HttpUpstream _stock = null!;

    public async Task InitializeAsync()
    {
        (_payments, _stock) = (await _world.ServerAsync(), await _world.ServerAsync());
        _world.Configuration["services:payments:http:0"] = _payments.Address.ToString();
        _world.Configuration["services:stock:http:0"] = _stock.Address.ToString();
    }

    public async Task DisposeAsync() => await _world.EndAsync();

    [Theory]
    [InlineData("http://")]
    [InlineData("https+http://")]
    public async Task Requests_use_the_resolved_address_and_the_breaker_of_their_client(string scheme)
    {
        AddServiceDefaults();
        _world.Configuration["Fluxgate:Defaults:Tripper"] = "FailureStreak(2)";
        _world.Services.ConfigureHttpClientDefaults(http => http.ReplaceStandardResilienceHandler());
        _world.Services.AddHttpClient("payments", client => client.BaseAddress = new($"{scheme}payments"));
        _world.Services.AddHttpClient("stock", client => client.BaseAddress = new($"{scheme}stock"));
        await _world.StartAsync();
        using var payments = _world.Client("payments");
        using var stock = _world.Client("stock");
        _payments.Answers(HttpUpstream.Status(HttpStatusCode.InternalServerError));

        Assert.Equal(HttpStatusCode.InternalServerError, await PostAsync(payments));
        Assert.Equal(HttpStatusCode.InternalServerError, await PostAsync(payments));
        Assert.Equal("payments", (await Assert.ThrowsAsync<CallNotPermittedException>(() => PostAsync(payments))).CircuitName);
        Assert.Equal(HttpStatusCode.OK, await PostAsync(stock));

        // Neither Microsoft's breaker nor its retry, which handles POST too, is there.
        Assert.Equal((2, 1), (_payments.Requests.Count, _stock.Requests.Count));
        Assert.Equal((1, 0), (_world.Breakers["stock"].Snapshot().Successes, _world.Breakers["stock"].Snapshot().Failures));
    }

    [Fact]
    public async Task A_retry_resolves_the_address_again()
    {
        AddServiceDefaults();
        _world.Services.ConfigureHttpClientDefaults(http =>
            http.ReplaceStandardResilienceHandler(options => options.Retry.Delay = TimeSpan.Zero)
        );
        _world.Services.AddHttpClient("payments", client => client.BaseAddress = new("https+http://payments"));
        await _world.StartAsync();
        using var client = _world.Client();
        _payments.Answers(
            HttpUpstream.Status(HttpStatusCode.ServiceUnavailable),
            HttpUpstream.Resets,
            HttpUpstream.Status(HttpStatusCode.OK)
        );

        Assert.Equal(HttpStatusCode.OK, await client.StatusAsync(new("orders", UriKind.Relative)));

        Assert.Equal((3, 1, 2), (_payments.Requests.Count, Now.Successes, Now.Failures));
    }

    [Fact]
    public async Task A_group_by_authority_has_the_names_of_the_services()
    {
        AddServiceDefaults();
        _world.Services.AddFluxgate().AddBreakerGroup("services");
        _world.Services.ConfigureHttpClientDefaults(http => http.ReplaceStandardResilienceHandler("services", HttpKey.Authority));
        await _world.StartAsync();
        using var client = _world.Client("any");

        Assert.Equal(HttpStatusCode.OK, await client.StatusAsync(new("http://payments/")));
        Assert.Equal(HttpStatusCode.OK, await client.StatusAsync(new("http://stock/")));

        var group = _world.Breakers.GetGroup("services");
        Assert.True(group.TryGet("http://payments", out _) && group.TryGet("http://stock", out _));
    }

    [Fact]
    public async Task A_replacement_before_the_defaults_stops_the_start()
    {
        _world.Services.ConfigureHttpClientDefaults(http => http.ReplaceStandardResilienceHandler());
        AddServiceDefaults();

        Assert.Contains(
            "ReplaceStandardResilienceHandler found no handler to replace.",
            await _world.FailedStartAsync(),
            StringComparison.Ordinal
        );
    }

    private BreakerSnapshot Now => _world.Breakers["payments"].Snapshot();

    private static async Task<HttpStatusCode> PostAsync(HttpClient client)
    {
        using var response = await client.PostAsync(new Uri("orders", UriKind.Relative), content: null);
        return response.StatusCode;
    }

    /// <summary>What <c>AddServiceDefaults</c> of Aspire's template does with HTTP clients.</summary>
    private void AddServiceDefaults()
    {
        _world.Services.AddServiceDiscovery();
        _world.Services.ConfigureHttpClientDefaults(http =>
        {
            // Turn on resilience by default
            http.AddStandardResilienceHandler();

            // Turn on service discovery by default
            http.AddServiceDiscovery();
        });
    }
}
