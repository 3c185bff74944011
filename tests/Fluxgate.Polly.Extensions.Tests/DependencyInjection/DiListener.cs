namespace Fluxgate;

/// <summary>Records signals, and whether it was disposed before the breakers detached it.</summary>
internal class DiListener : ICircuitListener, IDisposable
{
    public List<string> Attached { get; } = [];

    public List<string> Detached { get; } = [];

    public List<Signal> Signals { get; } = [];

    public bool Disposed { get; private set; }

    public bool CalledAfterDisposal { get; private set; }

    public void OnAttached(FluxgateBreaker breaker)
    {
        lock (Attached)
        {
            Attached.Add(breaker.Name);
        }
    }

    public void OnDetached(FluxgateBreaker breaker)
    {
        CalledAfterDisposal |= Disposed;
        Detached.Add(breaker.Name);
    }

    public void OnSignal(Signal signal) => Signals.Add(signal);

    public void Dispose() => Disposed = true;
}
