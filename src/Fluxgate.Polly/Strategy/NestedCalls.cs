using Polly;

namespace Fluxgate;

/// <summary>
/// Makes calls through the same breaker inside a probe belong to the probe: nested pipelines, or two handlers of one client. The probe flows as a
/// property of the <see cref="ResilienceContext"/> and with the execution context.
/// </summary>
internal static class NestedCalls
{
    private static readonly ResiliencePropertyKey<ProbeScope?> Key = new("Fluxgate.ProbeScope");

    /// <summary>Returns a callback that runs as part of a probe.</summary>
    public static Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> BelongTo<TResult, TState>(
        Probe probe,
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback
    ) =>
        (context, state) =>
        {
            var outer = ProbeScope.Current;
            var scope = new ProbeScope(probe);
            context.Properties.Set(Key, scope);
            ProbeScope.Current = scope;
            try
            {
                return callback(context, state);
            }
            finally
            {
                // The work that the callback started has captured the scope. The caller of the pipeline must not receive it.
                ProbeScope.Current = outer;
            }
        };

    /// <summary>Makes the scope of a context the current one if the execution context does not flow.</summary>
    public static Restored ScopeOf(ResilienceContext context)
    {
        var current = ProbeScope.Current;
        if (current is null && context.Properties.TryGetValue(Key, out var scope) && scope is not null)
        {
            ProbeScope.Current = scope;
            return new(IsChanged: true);
        }

        return default;
    }

    public readonly record struct Restored(bool IsChanged) : IDisposable
    {
        public void Dispose()
        {
            if (IsChanged)
            {
                ProbeScope.Current = null;
            }
        }
    }
}
