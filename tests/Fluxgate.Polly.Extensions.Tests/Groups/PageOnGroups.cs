using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Polly;
using Polly.Registry;

namespace Fluxgate;

/// <summary>The code of docs/dependency-injection.md that uses groups.</summary>
public sealed class PageOnGroups
{
    private static readonly ResiliencePropertyKey<string> Tenant = new("tenant");

    [Fact]
    public void A_group_of_a_container_has_one_breaker_for_each_tenant()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration.AddInMemoryCollection([new("Fluxgate:BreakerGroups:tenants:MaxOpenRatio", "50%")]);
        var services = builder.Services;
        // csharpier-ignore-start
        #region docs/dependency-injection.md: Groups
        services.AddFluxgate(builder.Configuration.GetSection("Fluxgate"))
            .AddBreakerGroup("tenants", group =>
            {
                group.Settings.Tripper = Tripper.FailureStreak(5);
                group.Options.MaxBreakers = 5_000;
                group.Configure("acme", settings => settings.ProbeLease = TimeSpan.FromMinutes(1));   // for one key, based on those of the group
            });

        services.AddResiliencePipeline("api", (pipeline, context) =>
            pipeline.AddFluxgateBreaker(context, "tenants", call => call.Properties.GetValue(Tenant, null!)));
        #endregion
        // csharpier-ignore-end
        using var host = builder.Build();
        var tenants = host.Services.Breakers().GetGroup("tenants");
        var pipeline = host.Services.GetRequiredService<ResiliencePipelineProvider<string>>().GetPipeline("api");
        var context = ResilienceContextPool.Shared.Get();
        context.Properties.Set(Tenant, "acme");
        for (var call = 0; call < 5; call++)
        {
            Assert.Throws<TimeoutException>(() => pipeline.Execute(_ => throw new TimeoutException(), context));
        }

        Assert.True(tenants.TryGet("acme", out var acme));
        Assert.Equal((BreakerState.Open, TimeSpan.FromMinutes(1)), (acme.State, acme.CopySettings().ProbeLease));
        Assert.Equal((0.5, 5_000), (tenants.Options.MaxOpenRatio, tenants.Options.MaxBreakers));
    }
}
