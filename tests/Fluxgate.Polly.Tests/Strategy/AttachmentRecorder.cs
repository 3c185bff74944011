namespace Fluxgate;

/// <summary>Records the breakers that it is attached to and detached from.</summary>
internal sealed class AttachmentRecorder : ICircuitListener
{
    public List<FluxgateBreaker> Attached { get; } = [];

    public List<FluxgateBreaker> Detached { get; } = [];

    public void OnAttached(FluxgateBreaker breaker) => Attached.Add(breaker);

    public void OnDetached(FluxgateBreaker breaker) => Detached.Add(breaker);

    public void OnSignal(Signal signal) { }
}
