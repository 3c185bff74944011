using Polly;

namespace Fluxgate;

/// <summary>The breaker in a pipeline of any result type.</summary>
internal sealed class FluxgateStrategy(PipelineBinding binding, OutcomeClassifier<object> classifier) : ResilienceStrategy, IAsyncDisposable
{
    public ValueTask DisposeAsync() => binding.DisposeAsync();

    protected override ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback,
        ResilienceContext context,
        TState state
    ) => Execution.Run(binding, new AnyVerdicts<TResult>(classifier), callback, context, state);
}
