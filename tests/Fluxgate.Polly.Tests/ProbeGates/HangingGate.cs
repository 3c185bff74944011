namespace Fluxgate;

/// <summary>A probe gate that hangs the first time it is asked, until a test releases it.</summary>
internal sealed class HangingGate : IDisposable
{
    private readonly ManualResetEventSlim _entered = new();
    private readonly ManualResetEventSlim _released = new();

    public HangingGate(params double[] seconds)
    {
        Gate = new(seconds);
        Gate.Meanwhile = () =>
        {
            Gate.Meanwhile = () => { };
            _entered.Set();
            _released.Wait();
        };
    }

    public ScriptedGate Gate { get; }

    /// <summary>Runs what asks the gate on another thread, until it hangs.</summary>
    public Deadline.Running Hang(Action asking)
    {
        var running = Deadline.Start(asking);
        Deadline.Await(_entered);
        return running;
    }

    /// <summary>Lets the gate return, and waits for the thread that asked it.</summary>
    public void Release(Deadline.Running asking)
    {
        _released.Set();
        asking.End();
    }

    public void Dispose()
    {
        _entered.Dispose();
        _released.Dispose();
    }
}
