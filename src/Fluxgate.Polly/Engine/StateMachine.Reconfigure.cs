namespace Fluxgate;

/// <content>How a live circuit takes on other rules.</content>
internal sealed partial class StateMachine
{
    /// <summary>Goes on under other rules in another object of the same phase.</summary>
    /// <returns>What changed, one line a setting; empty, and nothing was done, when nothing did.</returns>
    public IReadOnlyList<string> Reconfigure(Rules rules)
    {
        UserCode.ReportErrorsOf(rules);
        while (true)
        {
            var from = _timeline.Phase;
            var changes = rules.ChangesFrom(from.Rules);
            if (changes.Count == 0)
            {
                return changes;
            }

            EnsureProbeTimer(rules);
            var next = NewPhase(
                from.State,
                new(this, rules, from.Number, from.History, from.Reason, from.StartedAt, from.EnteredAt, Before: from, Continues: from),
                from is OpenPhase open ? open.BreakUnder(rules) : default
            );
            from.MarkContinued();
            if (TryReplace(from, next, new ReconfiguredNotice(Name, Clock.UtcNow, changes)))
            {
                Begin(next);
                return changes;
            }
        }
    }

    private void EnsureProbeTimer(Rules rules)
    {
        if (!rules.ProbeWithoutTraffic || Volatile.Read(ref _probeTimer) is not null || Volatile.Read(ref _disposed) != 0)
        {
            return;
        }

        var wakeup = new ProbeTimer(this, Clock.Provider);
        if (Interlocked.CompareExchange(ref _probeTimer, wakeup, null) is not null || Volatile.Read(ref _disposed) != 0)
        {
            wakeup.Dispose();
        }
    }
}
