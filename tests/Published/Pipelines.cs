using System.ComponentModel.DataAnnotations;
using System.Net;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Telemetry;

namespace Fluxgate;

/// <summary>A breaker in Polly's pipelines.</summary>
internal static class Pipelines
{
    public static async Task OfOneResultType()
    {
        using var breaker = new FluxgateBreaker("payments", new() { Tripper = Tripper.FailureStreak(3) });
        var failures = Tracker.TypeOf<HttpRequestException>() | Tracker.Result<int>(status => status >= 500);
        var pipeline = new ResiliencePipelineBuilder<int>()
            .AddRetry(
                new RetryStrategyOptions<int>
                {
                    MaxRetryAttempts = 2,
                    Delay = TimeSpan.Zero,
                    ShouldHandle = failures,
                }
            )
            .AddFluxgateBreaker(new FluxgateBreakerOptions<int> { Breaker = breaker, Tracker = failures })
            .Build();

        Check.Equal(200, await pipeline.ExecuteAsync(_ => new ValueTask<int>(200)), "a result that goes through");
        Check.Equal(503, await pipeline.ExecuteAsync(_ => new ValueTask<int>(503)), "the last failure of three");
        Check.Equal(BreakerState.Open, breaker.State, "the state after three failures in a row");
        var rejection = Check.Throws<BrokenCircuitException>(() => pipeline.Execute(() => 200), "an open circuit");
        Check.Equal("payments", ((CallNotPermittedException)rejection).CircuitName, "the circuit that rejected");
    }

    public static async Task OfAnyResultType()
    {
        var pipeline = new ResiliencePipelineBuilder { Name = "stock" }
            .AddFluxgateBreaker("stock", new() { Tripper = Tripper.FailureStreak(2), Permit = Permit.All })
            .Build();
        Check.Equal(42, await pipeline.ExecuteAsync(_ => new ValueTask<int>(42)), "a number");
        Check.Equal("text", pipeline.Execute(() => "text"), "a text");
        for (var call = 0; call < 2; call++)
        {
            Check.Throws<TimeoutException>(() => pipeline.Execute(() => throw new TimeoutException()), "a callback that throws");
        }

        Check.Throws<BrokenCircuitException>(() => pipeline.Execute(() => { }), "an open circuit");

        var unnamed = new ResiliencePipelineBuilder().AddFluxgateBreaker().Build();
        Check.Equal(1, unnamed.Execute(() => 1), "a breaker with default settings");
        var predicate = new FluxgateBreakerOptions { ShouldHandle = args => new(args.Outcome.Result is 13), CircuitName = "thirteen" };
        Check.Equal(13, new ResiliencePipelineBuilder().AddFluxgateBreaker(predicate).Build().Execute(() => 13), "a predicate on results");
    }

    public static async Task ReportToTelemetry()
    {
        var events = new Events();
        using var breaker = new FluxgateBreaker("payments", new() { Tripper = Tripper.FailureStreak(1) });
        var pipeline = new ResiliencePipelineBuilder<int> { TelemetryListener = events }
            .AddFluxgateBreaker(
                new FluxgateBreakerOptions<int> { Breaker = breaker, Tracker = Tracker.Result<int>(status => status >= 500) }
            )
            .Build();
        await pipeline.ExecuteAsync(_ => new ValueTask<int>(500));
        Check.That(events.Names.Contains("Fluxgate.OnOpened"), "telemetry contains the transition");
    }

    public static async Task TakeHintsFromResponses()
    {
        using var breaker = new FluxgateBreaker("api", new() { Tripper = Tripper.FailureStreak(1) }, new ManualTime());
        var pipeline = new ResiliencePipelineBuilder<HttpResponseMessage>()
            .AddFluxgateBreaker(
                new FluxgateBreakerOptions<HttpResponseMessage>
                {
                    Breaker = breaker,
                    Tracker = HttpTracker.TransientErrors,
                    BreakDurationHint = HttpBreak.RetryAfter,
                }
            )
            .Build();
        using var busy = new HttpResponseMessage(HttpStatusCode.TooManyRequests) { Headers = { { "Retry-After", "17" } } };
        await pipeline.ExecuteAsync(_ => new ValueTask<HttpResponseMessage>(busy));
        Check.Equal(TimeSpan.FromSeconds(17), breaker.Snapshot().RetryAfter, "the break duration that the server requests");
    }

    public static void ValidateTheirOptions()
    {
        using var breaker = new FluxgateBreaker("payments");
        var mine = Check.Throws<ValidationException>(
            () => new ResiliencePipelineBuilder().AddFluxgateBreaker(new FluxgateBreakerOptions { Breaker = breaker, Settings = new() }),
            "a breaker with settings beside it"
        );
        Check.That(
            mine.Message.Contains("Settings must be null if Breaker is set", StringComparison.Ordinal),
            "the validation message names the conflict"
        );

        var bad = new FluxgateBreakerSettings { ProbeLease = TimeSpan.Zero };
        var typed = Check.Throws<ValidationException>(
            () => new ResiliencePipelineBuilder<int>().AddFluxgateBreaker("payments", bad),
            "a setting out of range"
        );
        Check.That(typed.Message.Contains("ProbeLease", StringComparison.Ordinal), "validation names the setting");

        Check.Throws<ValidationException>(
            () =>
                new ResiliencePipelineBuilder<Money>().AddFluxgateBreaker(
                    new FluxgateBreakerOptions<Money> { Tracker = Tracker.All, ShouldHandle = Tracker.All.For<Money>() }
                ),
            "a tracker and a predicate in a pipeline of structs"
        );
        var good = new FluxgateBreakerOptions<Money> { Settings = new(), CircuitName = "money" };
        Check.Equal(
            new(3),
            new ResiliencePipelineBuilder<Money>().AddFluxgateBreaker(good).Build().Execute(() => new Money(3)),
            "a struct"
        );
    }

    private readonly record struct Money(int Cents);

    private sealed class Events : TelemetryListener
    {
        public List<string> Names { get; } = [];

        public override void Write<TResult, TArgs>(in TelemetryEventArguments<TResult, TArgs> args) => Names.Add(args.Event.EventName);
    }
}
