using System.Data;

namespace Fluxgate;

/// <summary>A custom listener that keeps a table of all transitions: fast, so it runs on the thread that made the transition.</summary>
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
