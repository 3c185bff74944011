using Polly;

namespace Fluxgate;

/// <summary>A world with a pipeline around its breaker, and a TelemetryListener that records its events.</summary>
internal sealed class ObservedCircuit(FluxgateBreakerSettings settings, RecordedTelemetry? received = null)
{
    private ResiliencePipeline<string>? _pipeline;

    public World World { get; } = new(settings);

    public RecordedTelemetry Received { get; } = received ?? new();

    public ResiliencePipeline<string> Pipeline =>
        _pipeline ??= new ResiliencePipelineBuilder<string>
        {
            Name = "checkout",
            InstanceName = "a.example",
            TelemetryListener = Received,
        }
            .AddFluxgateBreaker(new FluxgateBreakerOptions<string> { Name = "payments-strategy", Breaker = World.Breaker })
            .Build();

    /// <summary>Gets settings with which two failures open the circuit for ten seconds and two successful probes close it.</summary>
    public static FluxgateBreakerSettings Settings =>
        new()
        {
            Tripper = Tripper.FailureStreak(2),
            BreakDuration = BreakDuration.Fixed(TimeSpan.FromSeconds(10)),
            Permit = Permit.All,
            Recovery = Recovery.AfterProbes(2),
        };

    public Task<Outcome<string>> Fail(string? operationKey = null, Exception? error = null) =>
        Run(Outcome.FromException<string>(error ?? new IOException()), operationKey);

    public Task<Outcome<string>> Succeed(string? operationKey = null) => Run(Outcome.FromResult("fine"), operationKey);

    public async Task<Outcome<string>> Run(Outcome<string> outcome, string? operationKey = null)
    {
        var context = ResilienceContextPool.Shared.Get(operationKey);
        var ended = await Pipeline.ExecuteOutcomeAsync(static (_, outcome) => new ValueTask<Outcome<string>>(outcome), context, outcome);
        ResilienceContextPool.Shared.Return(context);
        return ended;
    }
}
