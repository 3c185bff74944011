using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace Fluxgate;

/// <summary>Checks that no request fails because of a long name: a circuit name that is derived from long names is shortened.</summary>
public sealed class LongNames
{
    private readonly List<string> _circuits = [];

    public static TheoryData<string, string> Names =>
        new()
        {
            { "shops", $"https://{Host(253)}:65535" },
            { "shops", $"https://{Host(240)}" },
            { new('c', 1), $"https://{Host(253)}" },
            { new('c', 1_000), "http://a" },
            { "shops", "http://[fd12:3456:789a:bcde:f012:3456:789a:bcde]:8080" },
            { "", $"https://{Host(253)}:65535" },
        };

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_request_to_a_server_with_a_name_of_any_length_is_sent(string client, string address)
    {
        await using var services = Client(client);

        await SendAsync(services, client, address);
        await SendAsync(services, client, address);

        Assert.InRange(Assert.Single(_circuits).Length, 1, 256);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(256)]
    [InlineData(100_000)]
    public async Task A_key_can_have_any_length(int length)
    {
        await using var services = Client("shops", handler => handler.SelectPipelineBy(_ => _ => new string('k', length)));

        await SendAsync(services, "shops", "http://a");

        Assert.InRange(Assert.Single(_circuits).Length, 1, 256);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(256)]
    [InlineData(257)]
    public async Task A_client_can_have_any_name(int length)
    {
        var client = new string('c', length);
        await using var services = Client(client, _ => { });

        await SendAsync(services, client, "http://a");

        Assert.InRange(Assert.Single(_circuits).Length, 1, 256);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(1_000)]
    public async Task A_client_of_the_replaced_defaults_can_have_any_name(int length)
    {
        var client = new string('c', length);
        var services = new ServiceCollection();
        services.AddFluxgate();
        services.AddFluxgateListener(new Attached(_circuits));
        services.ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler());
        services.ConfigureHttpClientDefaults(http => http.ReplaceStandardResilienceHandler());
        services.AddHttpClient(client).ConfigurePrimaryHttpMessageHandler(() => new Ok());
        await using var container = services.BuildServiceProvider();

        await SendAsync(container, client, "http://a");

        Assert.InRange(Assert.Single(_circuits).Length, 1, 256);
    }

    [Fact]
    public async Task Two_servers_with_long_names_have_two_circuits()
    {
        await using var services = Client("shops");

        await SendAsync(services, "shops", $"https://{Host(253)}:1");
        await SendAsync(services, "shops", $"https://{Host(253)}:2");

        Assert.Equal(2, _circuits.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task Servers_of_an_unnamed_client_are_named_by_handler_and_authority()
    {
        await using var services = Client("");

        await SendAsync(services, "", "http://a");
        await SendAsync(services, "", "http://b");

        Assert.Equal(["-x/http://a", "-x/http://b"], _circuits);
    }

    private static string Host(int length)
    {
        var labels = string.Concat(Enumerable.Repeat($"{new string('h', 62)}.", 5));
        return labels[..(length - 1)].TrimEnd('.').PadRight(length - 1, 'h') + "h";
    }

    private static async Task SendAsync(IServiceProvider services, string client, string address)
    {
        using var response = await services.GetRequiredService<IHttpClientFactory>().CreateClient(client).GetAsync(new Uri(address));
        Assert.True(response.IsSuccessStatusCode);
    }

    private ServiceProvider Client(string name) => Client(name, handler => handler.SelectPipelineByAuthority());

    private ServiceProvider Client(string name, Action<IHttpResiliencePipelineBuilder> select)
    {
        var services = new ServiceCollection();
        select(services.AddHttpClient(name).ConfigurePrimaryHttpMessageHandler(() => new Ok()).AddResilienceHandler("x", AddBreaker));
        return services.BuildServiceProvider();
    }

    private void AddBreaker(ResiliencePipelineBuilder<HttpResponseMessage> pipeline) =>
        pipeline.AddFluxgateBreaker(
            new FluxgateBreakerOptions<HttpResponseMessage> { Settings = new() { Listeners = { new Attached(_circuits) } } }
        );

    private sealed class Attached(List<string> circuits) : ICircuitListener
    {
        public void OnAttached(FluxgateBreaker breaker) => circuits.Add(breaker.Name);

        public void OnSignal(Signal signal) { }
    }

    private sealed class Ok : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage());
    }
}
