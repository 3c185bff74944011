namespace Fluxgate;

/// <summary>Receives a circuit's signals and notices: each once, in order, never two at a time.</summary>
internal interface IReceiver
{
    void OnSignal(Signal signal);

    void OnNotice(Notice notice);

    void OnDetached();
}
