namespace Fluxgate;

/// <summary>
/// Calls a listener in its own execution context. Values that the listener sets there do not reach the code that made the transition.
/// </summary>
internal static class ListenerCall
{
    private static readonly AsyncLocal<bool> Inside = new();

    /// <summary>
    /// Gets a value that indicates whether a listener called this code, directly or in a task that it started. Errors here are counted but
    /// raise no notice. Otherwise, a listener that reads its breaker when it receives an error could cause errors without end.
    /// </summary>
    public static bool IsInside => Inside.Value;

    public static void Run<TState>(Action<TState> call, TState state)
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            // The caller's context can then not be captured, and the listener would run in it.
            ExecutionContext.RestoreFlow();
            try
            {
                Run(call, state);
            }
            finally
            {
                ExecutionContext.SuppressFlow();
            }

            return;
        }

        ExecutionContext.Run(
            ExecutionContext.Capture()!,
            static boxed =>
            {
                var (call, state) = ((Action<TState>, TState))boxed!;
                Inside.Value = true;
                call(state);
            },
            (call, state)
        );
    }

    /// <summary>Marks the current asynchronous method, and the code that it calls, as called by a listener.</summary>
    public static void Enter() => Inside.Value = true;
}
