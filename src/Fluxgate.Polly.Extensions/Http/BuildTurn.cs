namespace Fluxgate;

/// <summary>Lets one thread at a time build one thing. A build that needs itself, directly or through builds of other threads, is refused.</summary>
/// <remarks>
/// A build runs user code, which may need what another thread builds. With plain locks, two threads that need each other's build would wait
/// for ever (trap F8), and a thread that needs its own would recurse until the process ends.
/// </remarks>
internal sealed class BuildTurn
{
    private static readonly object Gate = new();
    private static readonly Dictionary<Thread, BuildTurn> Waiting = [];

    private Thread? _builder;

    /// <summary>Runs a build when no other thread runs one here.</summary>
    /// <param name="what">What is built, as a sentence begins.</param>
    /// <param name="build">The build; runs under no lock.</param>
    /// <exception cref="InvalidOperationException">The builds that this thread runs need the one that it would wait for.</exception>
    public T Take<T>(string what, Func<T> build)
    {
        Begin(what);
        try
        {
            return build();
        }
        finally
        {
            End();
        }
    }

    private void Begin(string what)
    {
        var thread = Thread.CurrentThread;
        lock (Gate)
        {
            while (_builder is not null)
            {
                if (NeedsBuildOf(thread))
                {
                    throw new InvalidOperationException(
                        $"{what} is requested while it is being built. Neither its configuration nor a listener in OnAttached may send through it."
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

    private void End()
    {
        lock (Gate)
        {
            _builder = null;
            Monitor.PulseAll(Gate);
        }
    }

    /// <summary>Whether this build ends only after one that the thread runs. Ends, since every circle was refused when it would have closed.</summary>
    private bool NeedsBuildOf(Thread thread)
    {
        for (var turn = this; turn?._builder is { } builder; turn = Waiting.GetValueOrDefault(builder))
        {
            if (builder == thread)
            {
                return true;
            }
        }

        return false;
    }
}
