using Polly;

namespace Fluxgate;

/// <summary>The breaker in a pipeline of one result type.</summary>
internal sealed class FluxgateStrategy<TResult>(Connection connection, Judge<TResult> judge) : ResilienceStrategy<TResult>, IAsyncDisposable
{
    public ValueTask DisposeAsync() => connection.DisposeAsync();

    protected override ValueTask<Outcome<TResult>> ExecuteCore<TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback,
        ResilienceContext context,
        TState state
    ) => Execution.Run(connection, new TypedVerdicts<TResult>(judge), callback, context, state);
}
