using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.DependencyInjection;
using Polly;
using Polly.Registry;

namespace Fluxgate;

public sealed class GroupPipelines
{
    private static readonly ResiliencePropertyKey<string> Tenant = new("tenant");

    [Fact]
    public void Each_call_uses_the_breaker_of_its_key()
    {
        using var services = Services();
        var pipeline = new ResiliencePipelineBuilder().AddFluxgateBreaker(services, "Tenants", TenantOf).Build();
        Fail(pipeline, "acme");
        Assert.Equal("tenants/acme", Assert.Throws<CallNotPermittedException>(() => Fail(pipeline, "acme")).CircuitName);
        Fail(pipeline, "other");
        Fail(pipeline, null);
        var tenants = services.Breakers().GetGroup("tenants");
        Assert.Equal((2, 1), (tenants.Count, tenants.Shared.Snapshot().Failures));
    }

    [Fact]
    public void Pipelines_of_any_type_share_the_group()
    {
        using var services = Services();
        var typed = new ResiliencePipelineBuilder<int>().AddFluxgateBreaker(services, "tenants", _ => "acme").Build();
        var plain = new ResiliencePipelineBuilder().AddFluxgateBreaker(services, "tenants", _ => "acme").Build();
        Assert.Throws<NotSupportedException>(() => typed.Execute<int>(() => throw new NotSupportedException()));
        Assert.Throws<CallNotPermittedException>(() => plain.Execute(() => { }));
    }

    [Fact]
    public void Options_select_failures_and_can_be_reused()
    {
        using var services = Services();
        var options = new FluxgateBreakerOptions<int> { Tracker = Tracker.Result<int>(result => result < 0) };
        var pipeline = new ResiliencePipelineBuilder<int>().AddFluxgateBreaker(services, "tenants", _ => "acme", options).Build();
        var plain = new ResiliencePipelineBuilder()
            .AddFluxgateBreaker(services, "tenants", _ => "other", new() { Tracker = Tracker.TypeOf<FormatException>() })
            .Build();
        Assert.Equal(-1, pipeline.Execute(() => -1));
        Assert.Throws<CallNotPermittedException>(() => pipeline.Execute(() => 1));
        Assert.Throws<NotSupportedException>(() => plain.Execute(() => throw new NotSupportedException()));
        Assert.Throws<FormatException>(() => plain.Execute(() => throw new FormatException()));
        Assert.Throws<CallNotPermittedException>(() => plain.Execute(() => { }));
        Assert.Null(options.Group);
    }

    [Fact]
    public void Named_pipelines_of_both_kinds_use_a_group()
    {
        using var services = Services(more: services =>
        {
            services.AddResiliencePipeline("plain", (builder, context) => builder.AddFluxgateBreaker(context, "tenants", _ => "a"));
            services.AddResiliencePipeline(
                "options",
                (builder, context) => builder.AddFluxgateBreaker(context, "tenants", _ => "b", new FluxgateBreakerOptions())
            );
            services.AddResiliencePipeline<string, int>(
                "typed",
                (builder, context) => builder.AddFluxgateBreaker(context, "tenants", _ => "c")
            );
            services.AddResiliencePipeline<string, int>(
                "typed options",
                (builder, context) => builder.AddFluxgateBreaker(context, "tenants", _ => "d", new FluxgateBreakerOptions<int>())
            );
        });
        var pipelines = services.GetRequiredService<ResiliencePipelineProvider<string>>();
        foreach (var name in new[] { "plain", "options" })
        {
            Assert.Throws<NotSupportedException>(() => pipelines.GetPipeline(name).Execute(() => throw new NotSupportedException()));
        }

        foreach (var name in new[] { "typed", "typed options" })
        {
            Assert.Throws<NotSupportedException>(() =>
                pipelines.GetPipeline<int>(name).Execute<int>(() => throw new NotSupportedException())
            );
        }

        Assert.Equal(
            ["a open", "b open", "c open", "d open"],
            services.Breakers().GetGroup("tenants").Select(member => $"{member.Key} {member.State.ToLabel()}").Order()
        );
    }

    [Fact]
    public void Options_that_the_container_provides_must_not_be_set()
    {
        using var services = Services();
        using var own = new BreakerGroup("mine");
        FluxgateBreakerOptions<int>[] bad =
        [
            new() { Breaker = own.Shared },
            new() { Group = own },
            new() { KeySelector = _ => "acme" },
            new() { Settings = new() },
            new() { CircuitName = "mine" },
        ];
        string[] properties = ["Breaker", "Group", "KeySelector", "Settings", "CircuitName"];
        var builder = new ResiliencePipelineBuilder<int>();
        foreach (var (options, property) in bad.Zip(properties))
        {
            var ofGroup = Assert.Throws<ArgumentException>(() => builder.AddFluxgateBreaker(services, "tenants", _ => "acme", options));
            Assert.StartsWith($"{property} must be null, but is '", ofGroup.Message);
            Assert.Contains("the container supplies the group 'tenants'", ofGroup.Message);
            var ofBreaker = Assert.Throws<ArgumentException>(() => builder.AddFluxgateBreaker(services, "payments", options));
            Assert.StartsWith($"{property} must be null, but is '", ofBreaker.Message);
        }

        Assert.Throws<ValidationException>(() =>
            builder.AddFluxgateBreaker(services, "tenants", _ => "acme", new() { Tracker = Tracker.All, ShouldHandle = _ => new(true) })
        );
    }

    [Fact]
    public void Every_option_reaches_the_pipeline()
    {
        using var services = Services();
        var options = EveryOption.Set();
        var connected = ContainerOptions.Connect(
            new FluxgateBreakerOptions<int>(),
            options,
            new ResiliencePipelineBuilder<int>(),
            services,
            "tenants",
            TenantOf
        );
        EveryOption.AssertCopied(options, connected);
    }

    [Fact]
    public void Builder_and_group_must_have_the_same_clock()
    {
        var time = new VirtualTime();
        using var services = Services(time);
        new ResiliencePipelineBuilder { TimeProvider = time }
            .AddFluxgateBreaker(services, "tenants", TenantOf)
            .Build();
        var builder = new ResiliencePipelineBuilder { TimeProvider = TimeProvider.System };
        var error = Assert.Throws<InvalidOperationException>(() => builder.AddFluxgateBreaker(services, "tenants", TenantOf));
        Assert.Contains("must be null or that of the group 'tenants' (VirtualTime)", error.Message);
    }

    [Fact]
    public void Invalid_arguments_throw()
    {
        using var services = Services();
        using var empty = DiContainer.Of(_ => { });
        var builder = new ResiliencePipelineBuilder();
        Assert.Contains(
            "Did you mean 'tenants'?",
            Assert.Throws<KeyNotFoundException>(() => builder.AddFluxgateBreaker(services, "tennants", TenantOf)).Message
        );
        Assert.StartsWith(
            "The group 'tenants' was not found, because the container has no breakers.",
            Assert.Throws<InvalidOperationException>(() => builder.AddFluxgateBreaker(empty, "tenants", TenantOf)).Message
        );
        Assert.Throws<ArgumentNullException>(() => ((ResiliencePipelineBuilder)null!).AddFluxgateBreaker(services, "tenants", TenantOf));
        Assert.Throws<ArgumentNullException>(() =>
            ((ResiliencePipelineBuilder<int>)null!).AddFluxgateBreaker(services, "tenants", TenantOf)
        );
        Assert.Throws<ArgumentNullException>(() => builder.AddFluxgateBreaker((IServiceProvider)null!, "tenants", TenantOf));
        Assert.Throws<ArgumentNullException>(() => builder.AddFluxgateBreaker(services, null!, TenantOf));
        Assert.Throws<ArgumentNullException>(() => builder.AddFluxgateBreaker(services, "tenants", null!, new FluxgateBreakerOptions()));
        Assert.Throws<ArgumentNullException>(() => builder.AddFluxgateBreaker(services, "tenants", TenantOf, null!));
    }

    private static string? TenantOf(ResilienceContext context) => context.Properties.GetValue(Tenant, null!);

    private static void Fail(ResiliencePipeline pipeline, string? tenant)
    {
        var context = ResilienceContextPool.Shared.Get();
        if (tenant is not null)
        {
            context.Properties.Set(Tenant, tenant);
        }

        try
        {
            pipeline.Execute(_ => throw new NotSupportedException(), context);
        }
        catch (NotSupportedException)
        {
            // The failure.
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static ServiceProvider Services(TimeProvider? time = null, Action<IServiceCollection>? more = null) =>
        DiContainer.Of(services =>
        {
            if (time is not null)
            {
                services.AddSingleton(time);
            }

            services
                .AddFluxgate()
                .AddBreaker("payments")
                .AddBreakerGroup("tenants", group => group.Settings.Tripper = Tripper.FailureStreak(1));
            more?.Invoke(services);
        });
}
