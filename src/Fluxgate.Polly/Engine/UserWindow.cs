namespace Fluxgate;

/// <summary>A window that a user wrote. It receives every call. Its exceptions are counted and reported.</summary>
/// <param name="ledger">The ledger of the phase.</param>
/// <param name="state">The started window, or <see langword="null"/> if it failed to start. It is then empty.</param>
/// <param name="userCode">Runs the window.</param>
internal sealed class UserWindow(Ledger ledger, WindowState? state, UserCode userCode) : LedgerWindow(ledger)
{
    public override long Added(bool failed, long durationTicks, int reached)
    {
        userCode.Record(state, Ledger.SlowThresholds.Call(failed, Ledger.IsTimed ? durationTicks : 0));
        return Unknown;
    }

    public override CallCounts Read(long now, out long position)
    {
        position = Unknown;
        return userCode.Read(state);
    }
}
