using Polly;

namespace Fluxgate;

/// <summary>The breaker in a pipeline of one result type.</summary>
internal sealed class FluxgateStrategy<TResult>(PipelineBinding binding, OutcomeClassifier<TResult> classifier)
    : ResilienceStrategy<TResult>,
        IAsyncDisposable
{
    public ValueTask DisposeAsync() => binding.DisposeAsync();

    protected override ValueTask<Outcome<TResult>> ExecuteCore<TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback,
        ResilienceContext context,
        TState state
    ) => Execution.Run(binding, new TypedVerdicts<TResult>(classifier), callback, context, state);
}
