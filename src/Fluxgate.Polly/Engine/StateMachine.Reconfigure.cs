namespace Fluxgate;

/// <content>The reconfiguration of a circuit.</content>
internal sealed partial class StateMachine
{
    /// <summary>Reconfigures the phase in another object under other rules.</summary>
    /// <param name="rules">The new rules.</param>
    /// <param name="notify">Whether to raise a notice of the changes.</param>
    /// <returns>The changes, one line for each setting. If nothing changed, the list is empty and the call is a no-op.</returns>
    public IReadOnlyList<string> Reconfigure(Rules rules, bool notify = true)
    {
        UserCode.ReportErrorsOf(rules);
        while (true)
        {
            var from = _timeline.Phase;
            var changes = from is EvictedPhase ? [] : rules.ChangesFrom(from.Rules);
            if (changes.Count == 0)
            {
                return changes;
            }

            EnsureProbeTimer(rules);
            var next = NewPhase(
                from.State,
                new(
                    this,
                    rules,
                    from.Number,
                    from.History,
                    from.Reason,
                    from.StartedAt,
                    from.EnteredAt,
                    Previous: from,
                    Reconfigures: from
                ),
                from is OpenPhase open ? open.BreakUnder(rules) : default
            );
            from.MarkReconfigured();
            if (TryReplace(from, next, notify ? new ReconfiguredNotice(Name, Clock.UtcNow, changes) : null))
            {
                CompleteSwap(next);
                return changes;
            }
        }
    }

    private void EnsureProbeTimer(Rules rules)
    {
        if (!rules.ProbeWithoutTraffic || Volatile.Read(ref _probeTimer) is not null || IsDisposed)
        {
            return;
        }

        var timer = new ProbeTimer(this, Clock.Provider);
        if (Interlocked.CompareExchange(ref _probeTimer, timer, null) is not null || IsDisposed)
        {
            timer.Dispose();
        }
    }
}
