using Polly;

namespace Fluxgate;

/// <summary>The resilience strategy of a breaker in a pipeline of any result type.</summary>
internal sealed class FluxgateStrategy(Execution<object> execution) : ResilienceStrategy, IAsyncDisposable
{
    public ValueTask DisposeAsync() => execution.DisposeAsync();

    protected override ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback,
        ResilienceContext context,
        TState state
    ) => execution.Run(callback, context, state);
}
