namespace Fluxgate;

/// <summary>The transitions that letting a call in has caused: seldom one, and two where an expired lease re-opens a circuit that takes no break.</summary>
internal struct AdmissionSignals
{
    public Signal? First { get; private set; }

    public Signal? Last { get; private set; }

    public void Add(Signal? signal)
    {
        if (signal is not null)
        {
            First ??= signal;
            Last = signal;
        }
    }
}
