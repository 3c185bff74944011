namespace Fluxgate;

/// <summary>A listener that is attached to one breaker.</summary>
internal sealed class AttachedListener(FluxgateBreaker breaker, ICircuitListener listener) : IReceiver
{
    public void OnAttached() => ListenerCall.Run(static attached => attached.Call(), this);

    public void OnSignal(Signal signal) => listener.OnSignal(signal);

    public void OnNotice(Notice notice) => listener.OnNotice(notice);

    public void OnDetached() => listener.OnDetached(breaker);

    private void Call() => listener.OnAttached(breaker);
}
