namespace Fluxgate;

/// <summary>Calls a listener in a context of its own: the values that it sets there do not reach the code that made the transition.</summary>
internal static class ListenerCall
{
    private static readonly AsyncLocal<bool> Inside = new();

    /// <summary>
    /// Whether this code was called by a listener, at once or in a task that it started. What goes wrong here is counted and not announced: a
    /// listener that reads its breaker when it receives an error could otherwise cause the next error without end.
    /// </summary>
    public static bool IsInside => Inside.Value;

    public static void Run<TState>(Action<TState> call, TState state)
    {
        if (ExecutionContext.Capture() is not { } context)
        {
            call(state);
            return;
        }

        ExecutionContext.Run(
            context,
            static boxed =>
            {
                var (call, state) = ((Action<TState>, TState))boxed!;
                Inside.Value = true;
                call(state);
            },
            (call, state)
        );
    }

    /// <summary>Marks an asynchronous method, and what it calls, as a listener's.</summary>
    public static void Enter() => Inside.Value = true;
}
