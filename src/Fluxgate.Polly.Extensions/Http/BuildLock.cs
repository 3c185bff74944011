namespace Fluxgate;

/// <summary>Runs one build at a time. Throws if a build needs itself, directly or through builds of other threads.</summary>
/// <remarks>
/// A build runs user code, which may need the result of another build. With plain locks, two threads that need each other's result would
/// deadlock, and a thread that needs its own would recurse until the stack overflows.
/// </remarks>
internal sealed class BuildLock
{
    private static readonly object Gate = new();
    private static readonly Dictionary<Thread, BuildLock> Waiting = [];

    private Thread? _builder;

    /// <summary>Waits until no other thread runs a build of this lock, and runs one.</summary>
    /// <param name="subject">What is built, as the beginning of a sentence.</param>
    /// <param name="build">The build. No monitor is held while it runs.</param>
    /// <exception cref="InvalidOperationException">The thread would wait for a build that needs one of its own.</exception>
    public T Run<T>(string subject, Func<T> build)
    {
        Enter(subject);
        try
        {
            return build();
        }
        finally
        {
            Exit();
        }
    }

    private void Enter(string subject)
    {
        var thread = Thread.CurrentThread;
        lock (Gate)
        {
            while (_builder is not null)
            {
                if (NeedsBuildOf(thread))
                {
                    throw new InvalidOperationException(
                        $"{subject} is requested while it is being built. Neither its configuration nor a listener in OnAttached may send through it."
                    );
                }

                Waiting.Add(thread, this);
                try
                {
                    Monitor.Wait(Gate);
                }
                finally
                {
                    Waiting.Remove(thread);
                }
            }

            _builder = thread;
        }
    }

    private void Exit()
    {
        lock (Gate)
        {
            _builder = null;
            Monitor.PulseAll(Gate);
        }
    }

    /// <summary>Returns whether this build waits for one that the thread runs. The loop ends, because every circle was prevented before it closed.</summary>
    private bool NeedsBuildOf(Thread thread)
    {
        for (var current = this; current?._builder is { } builder; current = Waiting.GetValueOrDefault(builder))
        {
            if (builder == thread)
            {
                return true;
            }
        }

        return false;
    }
}
