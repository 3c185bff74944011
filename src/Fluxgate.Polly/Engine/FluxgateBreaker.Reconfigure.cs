namespace Fluxgate;

/// <content>How a live breaker takes on other settings.</content>
public sealed partial class FluxgateBreaker
{
    /// <summary>The settings in force, as a copy to change and <see cref="Reconfigure"/> with.</summary>
    /// <returns>All that <see cref="Reconfigure"/> heeds; the rest, such as the listeners, is as in new settings.</returns>
    public FluxgateBreakerSettings CopySettings() => _timeline.Phase.Rules.ToSettings();

    /// <summary>Goes on under other settings without losing state: the phase keeps its number, so calls in flight stay current.</summary>
    /// <param name="settings">
    /// The new settings, copied; what is not set is at its default (see <see cref="CopySettings"/> to change some only). Window, tripper, break duration, permit, recovery, lease, randomizer and
    /// <see cref="FluxgateBreakerSettings.ProbeWithoutTraffic"/> take effect; listeners, their queues and the initial state stay those of
    /// the beginning.
    /// </param>
    /// <returns>What changed, one line a setting; empty, and nothing was done, when nothing did.</returns>
    /// <remarks>
    /// Probes, leases and streaks stay; so does the window where it is of the same shape and counts the same slow-call durations, else it
    /// starts empty. While open the deadline moves only when the break duration changed: a new one is drawn and counts from the beginning
    /// of the break. Listeners hear a <see cref="ReconfiguredNotice"/>. Thread-safe.
    /// </remarks>
    /// <exception cref="ArgumentException">A setting is refused, with the message of the constructor; the old ones stay in force.</exception>
    public IReadOnlyList<string> Reconfigure(FluxgateBreakerSettings settings)
    {
        var rules = new Rules(Require.NotNull(settings), Clock, UserCode);
        while (true)
        {
            var from = _timeline.Phase;
            var changes = rules.ChangesFrom(from.Rules);
            if (changes.Count == 0)
            {
                return changes;
            }

            EnsureWakeup(rules);
            var next = NewPhase(
                from.State,
                new(this, rules, from.Number, from.History, from.Reason, from.StartedAt, from.EnteredAt, Before: from, Continues: from),
                from is OpenPhase open ? open.BreakUnder(rules) : default
            );
            from.GoOn();
            if (TryReplace(from, next, new ReconfiguredNotice(Name, Clock.UtcNow, changes)))
            {
                Begin(next);
                return changes;
            }
        }
    }

    private void EnsureWakeup(Rules rules)
    {
        if (!rules.ProbeWithoutTraffic || Volatile.Read(ref _wakeup) is not null || Volatile.Read(ref _disposed) != 0)
        {
            return;
        }

        var wakeup = new Wakeup(this, Clock.Provider);
        if (Interlocked.CompareExchange(ref _wakeup, wakeup, null) is not null || Volatile.Read(ref _disposed) != 0)
        {
            wakeup.Dispose();
        }
    }
}
