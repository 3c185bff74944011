using Polly;
using Polly.Retry;

namespace Fluxgate;

/// <summary>The code of docs/groups.md, and what the page says about it.</summary>
public sealed class PageOnGroups
{
    private static readonly ResiliencePropertyKey<string?> TenantKey = new("tenant");

    [Fact]
    public async Task One_pipeline_serves_all_tenants()
    {
        #region docs/groups.md: One breaker for each key
        var tenants = new BreakerGroup(
            "tenants",
            new FluxgateBreakerSettings
            {
                Tripper = Tripper.FailureStreak(5) | (Tripper.MinRequests(20) & Tripper.FailureRate(0.5)),
                Listeners = { new PrometheusListener() },
            },
            new BreakerGroupOptions { MaxBreakers = 5_000 }
        );

        var pipeline = new ResiliencePipelineBuilder()
            .AddRetry(new RetryStrategyOptions { MaxRetryAttempts = 2 })
            .AddFluxgateBreaker(tenants, context => context.Properties.GetValue(TenantKey, null))
            .AddTimeout(TimeSpan.FromSeconds(2))
            .Build();
        #endregion

        foreach (var tenant in new[] { "acme", "globex", "acme" })
        {
            var context = ResilienceContextPool.Shared.Get();
            context.Properties.Set(TenantKey, tenant);
            await pipeline.ExecuteAsync(_ => ValueTask.CompletedTask, context);
            ResilienceContextPool.Shared.Return(context);
        }

        Assert.Equal((2, 1), (tenants.GetOrAdd("acme").Snapshot().Successes, tenants.GetOrAdd("globex").Snapshot().Successes));
        Assert.Equal("tenants/acme", tenants.GetOrAdd("acme").Name);
        await tenants.DisposeAsync();
    }

    [Fact]
    public void The_table_of_options_has_the_defaults()
    {
        var options = new BreakerGroupOptions();

        Assert.Equal(
            (1_000, TimeSpan.FromMinutes(10), null, 100, 0),
            (options.MaxBreakers, options.IdleTimeout, options.MaxOpenRatio, options.MaxKeySeries, options.Overrides.Count)
        );
    }

    [Theory]
    [InlineData("https://payments.example:8443/charge?id=1", "https://payments.example:8443")]
    [InlineData("https://user:secret@payments.example:443/charge", "https://payments.example")]
    [InlineData("/relative", null)]
    [InlineData(null, null)]
    public void The_authority_of_a_request_is_its_key(string? address, string? key)
    {
        var context = ResilienceContextPool.Shared.Get();
        if (address is not null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, UriKind.RelativeOrAbsolute));
            context.Properties.Set(new ResiliencePropertyKey<HttpRequestMessage?>("Resilience.Http.RequestMessage"), request);
        }

        Assert.Equal(key, HttpKey.Authority(context));
    }
}
