using Microsoft.Extensions.DependencyInjection;
using Polly;
using Polly.DependencyInjection;
using Polly.Registry;

namespace Fluxgate;

/// <summary>Named breakers of <c>AddFluxgate</c> inside the real <c>AddResiliencePipeline</c>.</summary>
public sealed class ContainerBreakers
{
    private readonly ChangingConfiguration _configuration = new(
        ("Fluxgate:Breakers:payments:Tripper", "FailureStreak(2)"),
        ("Pipeline:Attempts", "1")
    );

    [Fact]
    public async Task A_named_pipeline_keeps_the_state_of_a_named_breaker_on_reload()
    {
        var builds = 0;
        await using var services = Services(services =>
        {
            services.Configure<PipelineOptions>(_configuration.Root.GetSection("Pipeline"));
            services.AddResiliencePipeline(
                "orders",
                (builder, context) =>
                {
                    context.EnableReloads<PipelineOptions>();
                    builds++;
                    builder.AddFluxgateBreaker(context, "payments");
                }
            );
        });
        var pipeline = services.GetRequiredService<ResiliencePipelineProvider<string>>().GetPipeline("orders");
        Fail(pipeline);
        Fail(pipeline);

        _configuration.Change("Pipeline:Attempts", "2");

        Assert.Equal(2, builds);
        Assert.Equal("FailureStreak 2 >= 2", Assert.Throws<CallNotPermittedException>(() => pipeline.Execute(() => { })).Reason.Text);
        Assert.Equal(BreakerState.Open, services.GetRequiredService<FluxgateBreakers>()["payments"].State);
    }

    [Fact]
    public async Task A_changed_rule_reaches_the_breaker_of_a_generic_pipeline()
    {
        await using var services = Services(services =>
            services.AddResiliencePipeline<string, HttpResponseMessage>(
                "orders",
                (builder, context) =>
                    builder.AddFluxgateBreaker(
                        context,
                        "payments",
                        new FluxgateBreakerOptions<HttpResponseMessage> { Tracker = HttpTracker.TransientErrors }
                    )
            )
        );
        var pipeline = services.GetRequiredService<ResiliencePipelineProvider<string>>().GetPipeline<HttpResponseMessage>("orders");
        var breaker = services.GetRequiredService<FluxgateBreakers>()["payments"];

        _configuration.Change("Fluxgate:Breakers:payments:Tripper", "FailureStreak(1)");
        using var answer = pipeline.Execute(() => new HttpResponseMessage(System.Net.HttpStatusCode.BadGateway));

        Assert.Equal("FailureStreak 1 >= 1", breaker.Snapshot().Reason.Text);
    }

    [Fact]
    public async Task Pipelines_with_other_key_types_use_a_named_breaker()
    {
        await using var services = Services(services =>
        {
            services.AddResiliencePipeline<(string Shop, int Region), int>(
                ("shop", 7),
                (builder, context) => builder.AddFluxgateBreaker(context, "payments")
            );
            services.AddResiliencePipeline(
                PipelineKey.Orders,
                (builder, context) =>
                    builder.AddFluxgateBreaker(
                        context,
                        "payments",
                        new FluxgateBreakerOptions { ShouldHandle = new PredicateBuilder().Handle<IOException>() }
                    )
            );
        });
        var typed = services.GetRequiredService<ResiliencePipelineProvider<(string, int)>>().GetPipeline<int>(("shop", 7));
        var keyed = services.GetRequiredKeyedService<ResiliencePipeline>(PipelineKey.Orders);

        await keyed.FailAsync();
        await keyed.FailAsync();

        Assert.Throws<CallNotPermittedException>(() => typed.Execute(() => 1));
    }

    [Fact]
    public void A_null_context_throws()
    {
        var (any, typed) = (new ResiliencePipelineBuilder(), new ResiliencePipelineBuilder<int>());
        AddResiliencePipelineContext<string> none = null!;

        Assert.Equal("context", Assert.Throws<ArgumentNullException>(() => any.AddFluxgateBreaker(none, "x")).ParamName);
        Assert.Equal("context", Assert.Throws<ArgumentNullException>(() => any.AddFluxgateBreaker(none, "x", new())).ParamName);
        Assert.Equal("context", Assert.Throws<ArgumentNullException>(() => typed.AddFluxgateBreaker(none, "x")).ParamName);
        Assert.Equal("context", Assert.Throws<ArgumentNullException>(() => typed.AddFluxgateBreaker(none, "x", new())).ParamName);
    }

    [Fact]
    public async Task An_unknown_name_throws_and_suggests_the_closest()
    {
        await using var services = Services(services =>
            services.AddResiliencePipeline("orders", (builder, context) => builder.AddFluxgateBreaker(context, "paiments"))
        );
        var pipelines = services.GetRequiredService<ResiliencePipelineProvider<string>>();

        var error = Assert.Throws<KeyNotFoundException>(() => pipelines.GetPipeline("orders"));

        Assert.Contains("'paiments'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'payments'", error.Message, StringComparison.Ordinal);
    }

    private static void Fail(ResiliencePipeline pipeline) =>
        Assert.Throws<HttpRequestException>(() => pipeline.Execute(() => throw new HttpRequestException()));

    private ServiceProvider Services(Action<IServiceCollection> add)
    {
        var services = new ServiceCollection().AddLogging();
        services.AddFluxgate(_configuration.Root.GetSection("Fluxgate"));
        add(services);
        return services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
    }

    private enum PipelineKey
    {
        Orders,
    }

    private sealed class PipelineOptions
    {
        public int Attempts { get; set; }
    }
}
