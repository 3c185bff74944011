using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.DependencyInjection;
using Polly;
using Polly.Registry;

namespace Fluxgate;

public sealed class PipelineBreakers
{
    [Fact]
    public void Pipelines_of_any_type_share_the_breaker_of_a_name()
    {
        using var services = Services();
        var plain = new ResiliencePipelineBuilder().AddFluxgateBreaker(services, "payments").Build();
        var typed = new ResiliencePipelineBuilder<int>().AddFluxgateBreaker(services, "payments").Build();
        Assert.Throws<NotSupportedException>(() => plain.Execute(() => throw new NotSupportedException()));
        Assert.Throws<NotSupportedException>(() => typed.Execute<int>(() => throw new NotSupportedException()));
        Assert.Equal("payments", Assert.Throws<CallNotPermittedException>(() => plain.Execute(() => { })).CircuitName);
        Assert.Throws<CallNotPermittedException>(() => typed.Execute(() => 1));
    }

    [Fact]
    public void Options_select_failures_and_can_be_reused()
    {
        using var services = Services();
        var options = new FluxgateBreakerOptions<int> { Tracker = Tracker.Result<int>(result => result < 0) };
        var one = new ResiliencePipelineBuilder<int>().AddFluxgateBreaker(services, "payments", options).Build();
        var other = new ResiliencePipelineBuilder<int>().AddFluxgateBreaker(services, "payments", options).Build();
        Assert.Throws<NotSupportedException>(() => one.Execute<int>(() => throw new NotSupportedException()));
        Assert.Equal(-1, one.Execute(() => -1));
        Assert.Equal(-1, other.Execute(() => -1));
        Assert.Equal(BreakerState.Open, services.Breakers()["payments"].State);
        Assert.Null(options.Breaker);
    }

    [Fact]
    public void Options_of_a_non_generic_pipeline_apply()
    {
        using var services = Services();
        var options = new FluxgateBreakerOptions { ShouldHandle = arguments => new(arguments.Outcome.Exception is NotSupportedException) };
        var pipeline = new ResiliencePipelineBuilder().AddFluxgateBreaker(services, "payments", options).Build();
        Assert.Throws<FormatException>(() => pipeline.Execute(() => throw new FormatException()));
        Assert.Throws<NotSupportedException>(() => pipeline.Execute(() => throw new NotSupportedException()));
        Assert.Equal(1, services.Breakers()["payments"].Snapshot().Failures);
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
            "payments"
        );
        EveryOption.AssertCopied(options, connected);
    }

    [Fact]
    public void Options_that_the_container_provides_must_not_be_set()
    {
        using var services = Services();
        using var own = new FluxgateBreaker("mine");
        FluxgateBreakerOptions<int>[] bad = [new() { Breaker = own }, new() { Settings = new() }, new() { CircuitName = "mine" }];
        string[] properties = ["Breaker", "Settings", "CircuitName"];
        Assert.All(
            bad.Zip(properties),
            pair =>
                Assert.StartsWith(
                    $"{pair.Second} must be null, but is '",
                    Assert
                        .Throws<ArgumentException>(() =>
                            new ResiliencePipelineBuilder<int>().AddFluxgateBreaker(services, "payments", pair.First)
                        )
                        .Message
                )
        );
    }

    [Fact]
    public void Other_invalid_options_throw()
    {
        using var services = Services();
        var options = new FluxgateBreakerOptions { Tracker = Tracker.All, ShouldHandle = _ => new(true) };
        Assert.Throws<ValidationException>(() => new ResiliencePipelineBuilder().AddFluxgateBreaker(services, "payments", options));
    }

    [Fact]
    public void Invalid_arguments_throw()
    {
        using var services = Services();
        using var empty = DiContainer.Of(_ => { });
        var builder = new ResiliencePipelineBuilder();
        Assert.Throws<KeyNotFoundException>(() => builder.AddFluxgateBreaker(services, "paymnets"));
        Assert.Contains(
            "AddFluxgate",
            Assert.Throws<InvalidOperationException>(() => builder.AddFluxgateBreaker(empty, "payments")).Message
        );
        Assert.Throws<ArgumentNullException>(() => ((ResiliencePipelineBuilder)null!).AddFluxgateBreaker(services, "payments"));
        Assert.Throws<ArgumentNullException>(() => ((ResiliencePipelineBuilder<int>)null!).AddFluxgateBreaker(services, "payments"));
        Assert.Throws<ArgumentNullException>(() => builder.AddFluxgateBreaker((IServiceProvider)null!, "payments"));
        Assert.Throws<ArgumentNullException>(() => builder.AddFluxgateBreaker(services, null!));
        Assert.Throws<ArgumentNullException>(() => builder.AddFluxgateBreaker(services, "payments", null!));
    }

    [Fact]
    public void Builder_and_container_must_have_the_same_clock()
    {
        var time = new VirtualTime();
        using var services = Services(time);
        var builder = new ResiliencePipelineBuilder { TimeProvider = time };
        builder.AddFluxgateBreaker(services, "payments").Build();
        builder = new ResiliencePipelineBuilder { TimeProvider = TimeProvider.System };
        var error = Assert.Throws<InvalidOperationException>(() => builder.AddFluxgateBreaker(services, "payments"));
        Assert.Contains("Register the TimeProvider in the container", error.Message);
    }

    [Fact]
    public async Task The_state_survives_the_reload_of_a_named_pipeline()
    {
        var time = new VirtualTime();
        using var reload = new CancellationTokenSource();
        await using var services = DiContainer.Of(services =>
        {
            services.AddSingleton<TimeProvider>(time);
            services.AddFluxgate().AddBreaker("payments", settings => settings.Tripper = Tripper.FailureStreak(2));
            services.AddSingleton(provider =>
            {
                var registry = new ResiliencePipelineRegistry<string>();
                registry.TryAddBuilder<string>(
                    "payments",
                    (builder, context) =>
                    {
                        builder.TimeProvider = time;
                        context.AddReloadToken(reload.Token);
                        builder.AddFluxgateBreaker(provider, "payments");
                    }
                );
                return registry;
            });
        });
        var pipeline = services.GetRequiredService<ResiliencePipelineRegistry<string>>().GetPipeline<string>("payments");
        Assert.Throws<NotSupportedException>(() => pipeline.Execute<string>(() => throw new NotSupportedException()));
        await reload.CancelAsync();
        Assert.Throws<NotSupportedException>(() => pipeline.Execute<string>(() => throw new NotSupportedException()));
        Assert.Throws<CallNotPermittedException>(() => pipeline.Execute(() => ""));
    }

    private static ServiceProvider Services(TimeProvider? time = null) =>
        DiContainer.Of(services =>
        {
            if (time is not null)
            {
                services.AddSingleton(time);
            }

            services.AddFluxgate().AddBreaker("payments", settings => settings.Tripper = Tripper.FailureStreak(2));
        });
}
