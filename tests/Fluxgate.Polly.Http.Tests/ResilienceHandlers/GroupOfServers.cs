using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Polly;

namespace Fluxgate;

/// <summary>One client and one pipeline, three real servers: a group has a circuit for each authority.</summary>
public sealed class GroupOfServers : IAsyncLifetime, IDisposable
{
    private const int Calls = 50;

    private static readonly TimeSpan Break = TimeSpan.FromSeconds(30);

    private readonly VirtualTime _time = new();
    private readonly BreakerGroup _servers;
    private readonly ServiceProvider _services;
    private readonly HttpClient _client;
    private HttpUpstream _failing = null!;
    private HttpUpstream[] _healthy = [];

    public GroupOfServers()
    {
        _servers = new(
            "servers",
            new()
            {
                Tripper = Tripper.FailureStreak(3),
                BreakDuration = BreakDuration.Fixed(Break),
                Permit = Permit.All,
                Recovery = Recovery.AfterProbes(2),
            },
            timeProvider: _time
        );
        var services = new ServiceCollection();
        services
            .AddHttpClient("payments")
            .AddResilienceHandler("servers", pipeline => pipeline.AddFluxgateBreaker(_servers, HttpKey.Authority));
        _services = services.BuildServiceProvider();
        _client = _services.Client();
    }

    public async Task InitializeAsync()
    {
        _failing = await HttpUpstream.StartAsync();
        _healthy = [await HttpUpstream.StartAsync(), await HttpUpstream.StartAsync()];
        _failing.Answers(HttpUpstream.Status(HttpStatusCode.InternalServerError));
    }

    public async Task DisposeAsync()
    {
        foreach (var upstream in _healthy.Append(_failing))
        {
            await upstream.DisposeAsync();
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _services.Dispose();
        _servers.Dispose();
    }

    [Fact]
    public async Task The_circuit_of_one_server_opens_while_the_others_answer()
    {
        var outcomes = await Task.WhenAll(CallAsync(_failing), CallAsync(_healthy[0]), CallAsync(_healthy[1]));

        Assert.Equal([.. Enumerable.Repeat("InternalServerError", 3), .. Enumerable.Repeat("rejected", Calls - 3)], outcomes[0]);
        Assert.All(outcomes[1..], answers => Assert.Equal(Enumerable.Repeat("OK", Calls), answers));
        Assert.Equal([3, Calls, Calls], _healthy.Prepend(_failing).Select(upstream => upstream.Requests.Count));
        Assert.Equal(
            (BreakerState.Open, BreakerState.Closed, BreakerState.Closed),
            (StateOf(_failing), StateOf(_healthy[0]), StateOf(_healthy[1]))
        );
        Assert.Equal((0, 3), (_servers.Snapshot().SharedCalls(SharedCallReason.NoKey), _servers.Count));
    }

    [Fact]
    public async Task A_rejection_names_the_group_and_the_authority()
    {
        await CallAsync(_failing);

        var rejection = await _client.RejectedAsync(new Uri(_failing.Address, "/refund"));

        Assert.Equal($"servers/{Authority(_failing)}", rejection.CircuitName);
        Assert.Equal(Break, rejection.RetryAfter);
    }

    [Fact]
    public async Task The_circuit_closes_after_its_server_has_recovered()
    {
        await Task.WhenAll(CallAsync(_failing), CallAsync(_healthy[0]));
        _failing.Answers(HttpUpstream.Status(HttpStatusCode.OK));
        Assert.Equal("rejected", await OutcomeAsync(_failing));

        _time.Advance(Break);
        var outcomes = await Task.WhenAll(CallAsync(_failing), CallAsync(_healthy[0]));

        Assert.All(outcomes, answers => Assert.Equal(Enumerable.Repeat("OK", Calls), answers));
        Assert.Equal((BreakerState.Closed, BreakerState.Closed), (StateOf(_failing), StateOf(_healthy[0])));
        Assert.Equal(1, _servers.Snapshot().Transitions(BreakerState.HalfOpen, BreakerState.Closed));
    }

    private static string Authority(HttpUpstream upstream) => upstream.Address.GetLeftPart(UriPartial.Authority);

    private BreakerState StateOf(HttpUpstream upstream) =>
        _servers.TryGet(Authority(upstream), out var breaker)
            ? breaker.State
            : throw new InvalidOperationException($"{upstream.Address} has no breaker.");

    /// <summary>Makes calls one after the other.</summary>
    private async Task<List<string>> CallAsync(HttpUpstream upstream)
    {
        var outcomes = new List<string>();
        while (outcomes.Count < Calls)
        {
            outcomes.Add(await OutcomeAsync(upstream));
        }

        return outcomes;
    }

    private async Task<string> OutcomeAsync(HttpUpstream upstream)
    {
        try
        {
            return $"{await _client.StatusAsync(new Uri(upstream.Address, "/pay"))}";
        }
        catch (CallNotPermittedException)
        {
            return "rejected";
        }
    }
}
