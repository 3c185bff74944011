using System.Data;

namespace Fluxgate;

/// <summary>A listener of one's own that keeps a table of all transitions: short, so it runs on the thread that made the transition.</summary>
internal sealed class AuditTableListener(DataTable table) : ICircuitListener
{
    // Breakers share the listener, and a table is not thread-safe.
    private readonly object _writing = new();

    public void OnSignal(Signal signal)
    {
        lock (_writing)
        {
            table.Rows.Add(
                signal.Timestamp,
                signal.CircuitName,
                signal.SequenceNumber,
                signal.OldState.ToLabel(),
                signal.NewState.ToLabel(),
                signal.Reason.Text
            );
        }
    }
}
