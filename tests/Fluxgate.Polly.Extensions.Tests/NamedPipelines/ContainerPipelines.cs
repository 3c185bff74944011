using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Polly;
using Polly.Registry;

namespace Fluxgate;

/// <summary>Breakers in the pipelines that <c>AddResiliencePipeline</c> puts into the container.</summary>
public sealed class ContainerPipelines
{
    private readonly VirtualTime _time = new();
    private readonly List<string> _detached = [];

    [Fact]
    public async Task A_named_pipeline_uses_the_passed_breaker()
    {
        using var breaker = Breaker("payments");
        await using var services = new ServiceCollection()
            .AddResiliencePipeline("x", (builder, _) => builder.AddFluxgateBreaker(breaker))
            .BuildServiceProvider();
        var pipeline = Provider(services).GetPipeline("x");

        await pipeline.FailAsync();

        var rejection = await pipeline.RejectedAsync();
        Assert.Equal(("payments", BreakerState.Open), (rejection.CircuitName, rejection.State));
        Assert.Equal((1, 1), (breaker.Snapshot().Failures, breaker.Snapshot().Rejected));
    }

    [Fact]
    public async Task A_generic_pipeline_tracks_results()
    {
        using var breaker = Breaker("payments");
        await using var services = new ServiceCollection()
            .AddResiliencePipeline<string, HttpResponseMessage>(
                "x",
                builder =>
                    builder.AddFluxgateBreaker(
                        new FluxgateBreakerOptions<HttpResponseMessage> { Breaker = breaker, Tracker = HttpTracker.TransientErrors }
                    )
            )
            .BuildServiceProvider();
        var pipeline = Provider(services).GetPipeline<HttpResponseMessage>("x");
        using var failure = new HttpResponseMessage(HttpStatusCode.BadGateway);

        Assert.Same(failure, await pipeline.ExecuteAsync(_ => ValueTask.FromResult(failure)));

        await Assert.ThrowsAsync<CallNotPermittedException>(async () => await pipeline.ExecuteAsync(_ => ValueTask.FromResult(failure)));
    }

    [Fact]
    public async Task Named_and_generic_pipelines_share_a_breaker_of_the_container()
    {
        await using var services = new ServiceCollection()
            .AddSingleton(_ => Breaker("payments"))
            .AddResiliencePipeline(
                "commands",
                (builder, context) => builder.AddFluxgateBreaker(context.ServiceProvider.GetRequiredService<FluxgateBreaker>())
            )
            .AddResiliencePipeline<string, int>(
                "queries",
                (builder, context) => builder.AddFluxgateBreaker(context.ServiceProvider.GetRequiredService<FluxgateBreaker>())
            )
            .BuildServiceProvider();

        await Provider(services).GetPipeline("commands").FailAsync();

        Assert.Throws<CallNotPermittedException>(() => Provider(services).GetPipeline<int>("queries").Execute(() => 1));
    }

    [Fact]
    public async Task Each_pipeline_without_a_passed_breaker_creates_one_of_its_name()
    {
        await using var services = new ServiceCollection()
            .AddResiliencePipeline("payments", builder => builder.AddFluxgateBreaker(Options()))
            .AddResiliencePipeline("stock", builder => builder.AddFluxgateBreaker(Options()))
            .BuildServiceProvider();

        await Provider(services).GetPipeline("payments").FailAsync();

        Assert.Equal("payments", (await Provider(services).GetPipeline("payments").RejectedAsync()).CircuitName);
        await Provider(services).GetPipeline("stock").SucceedAsync();
    }

    [Fact]
    public async Task A_keyed_service_is_the_same_pipeline()
    {
        using var breaker = Breaker("payments");
        await using var services = new ServiceCollection()
            .AddResiliencePipeline("x", builder => builder.AddFluxgateBreaker(breaker))
            .BuildServiceProvider();

        await services.GetRequiredKeyedService<ResiliencePipeline>("x").FailAsync();

        await Provider(services).GetPipeline("x").RejectedAsync();
    }

    [Fact]
    public async Task Several_pipelines_can_be_added_from_one_list()
    {
        string[] upstreams = ["payments", "stock"];
        await using var services = new ServiceCollection()
            .AddResiliencePipelines<string>(pipelines =>
            {
                foreach (var upstream in upstreams)
                {
                    pipelines.AddResiliencePipeline(upstream, (builder, _) => builder.AddFluxgateBreaker(upstream, Settings()));
                }
            })
            .BuildServiceProvider();

        await Provider(services).GetPipeline("stock").FailAsync();

        await Provider(services).GetPipeline("stock").RejectedAsync();
        await Provider(services).GetPipeline("payments").SucceedAsync();
    }

    [Fact]
    public async Task The_clock_of_the_container_is_the_clock_of_the_breakers()
    {
        await using var services = new ServiceCollection()
            .AddSingleton<TimeProvider>(_time)
            .AddResiliencePipeline("payments", builder => builder.AddFluxgateBreaker(Options()))
            .BuildServiceProvider();
        var pipeline = Provider(services).GetPipeline("payments");
        await pipeline.FailAsync();
        Assert.Equal(TimeSpan.FromSeconds(60), (await pipeline.RejectedAsync()).RetryAfter);

        _time.Advance(TimeSpan.FromSeconds(60));

        await pipeline.SucceedAsync();
    }

    [Fact]
    public async Task A_breaker_with_a_clock_other_than_the_containers_throws()
    {
        using var breaker = new FluxgateBreaker("payments", Settings());
        await using var services = new ServiceCollection()
            .AddSingleton<TimeProvider>(_time)
            .AddResiliencePipeline("x", builder => builder.AddFluxgateBreaker(breaker))
            .BuildServiceProvider();

        var error = Assert.Throws<InvalidOperationException>(() => Provider(services).GetPipeline("x"));

        Assert.Contains("VirtualTime", error.Message, StringComparison.Ordinal);
        Assert.Contains("'payments'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Disposing_the_container_disposes_only_breakers_of_its_pipelines()
    {
        using var passed = new FluxgateBreaker("passed", Settings());
        var services = new ServiceCollection()
            .AddResiliencePipeline("made", builder => builder.AddFluxgateBreaker(Options()))
            .AddResiliencePipeline("passed", builder => builder.AddFluxgateBreaker(passed))
            .BuildServiceProvider();
        await Provider(services).GetPipeline("made").SucceedAsync();
        await Provider(services).GetPipeline("passed").SucceedAsync();

        await services.DisposeAsync();

        Assert.Equal(["made"], _detached);
    }

    private static ResiliencePipelineProvider<string> Provider(IServiceProvider services) =>
        services.GetRequiredService<ResiliencePipelineProvider<string>>();

    private static FluxgateBreaker Breaker(string name) => new(name, new() { Tripper = Tripper.FailureStreak(1) });

    private FluxgateBreakerOptions Options() => new() { Settings = Settings() };

    private FluxgateBreakerSettings Settings() =>
        new() { Tripper = Tripper.FailureStreak(1), Listeners = { new DetachmentRecorder(_detached) } };

    private sealed class DetachmentRecorder(List<string> detached) : ICircuitListener
    {
        public void OnSignal(Signal signal) { }

        public void OnDetached(FluxgateBreaker breaker) => detached.Add(breaker.Name);
    }
}
