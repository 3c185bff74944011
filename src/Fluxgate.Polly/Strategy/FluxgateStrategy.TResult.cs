using Polly;

namespace Fluxgate;

/// <summary>The resilience strategy of a breaker in a pipeline of one result type.</summary>
internal sealed class FluxgateStrategy<TResult>(Execution<TResult> execution) : ResilienceStrategy<TResult>, IAsyncDisposable
{
    public ValueTask DisposeAsync() => execution.DisposeAsync();

    protected override ValueTask<Outcome<TResult>> ExecuteCore<TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback,
        ResilienceContext context,
        TState state
    ) => execution.Run(callback, context, state);
}
