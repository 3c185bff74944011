using Polly;

namespace Fluxgate;

/// <summary>The breaker in a pipeline of any result type.</summary>
internal sealed class FluxgateStrategy(Connection connection, Judge<object> judge) : ResilienceStrategy, IAsyncDisposable
{
    public ValueTask DisposeAsync() => connection.DisposeAsync();

    protected override ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback,
        ResilienceContext context,
        TState state
    ) => Execution.Run(connection, new AnyVerdicts<TResult>(judge), callback, context, state);
}
