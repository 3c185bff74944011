namespace Fluxgate;

/// <summary>Replaces the thread pool in an explored build: each work item gets a thread that the exploration controls.</summary>
internal static class ControlledThreadPool
{
    public static bool QueueUserWorkItem(WaitCallback callBack) => QueueUserWorkItem(callBack, null);

    public static bool QueueUserWorkItem(WaitCallback callBack, object? state) => Start(() => callBack(state));

    public static bool QueueUserWorkItem<TState>(Action<TState> callBack, TState state, bool preferLocal) => Start(() => callBack(state));

    public static bool UnsafeQueueUserWorkItem(WaitCallback callBack, object? state) => Start(() => callBack(state));

    public static bool UnsafeQueueUserWorkItem<TState>(Action<TState> callBack, TState state, bool preferLocal) =>
        Start(() => callBack(state));

    public static bool UnsafeQueueUserWorkItem(IThreadPoolWorkItem callBack, bool preferLocal) => Start(callBack.Execute);

    // A thread, not a task: an unhandled exception ends the schedule, as it would end a process.
    private static bool Start(Action work)
    {
        new Thread(() => work()).Start();
        return true;
    }
}
