namespace Fluxgate;

/// <content>The decisions after a settled probe. No lock is held here.</content>
internal sealed partial class HalfOpenPhase
{
    /// <summary>Decides after a probe has been counted. If another object continues the phase, that object decides.</summary>
    private Signal? OnSettled(in SettledProbe settled, TripHint hint, long now)
    {
        if (settled.LostSlow != 0)
        {
            Machine.Totals.AddSlow(Ledger.SlowThresholds, settled.LostSlow);
        }

        Machine.Durations?.Record(State, settled.DurationTicks);
        if (IsReconfigured && !Machine.IsCurrent(this) && _window is not UserWindow)
        {
            return Machine.ReevaluateLatest(this, failures: 0, hint);
        }

        var decided = settled.Verdict == Verdict.Ignored ? DecideIgnored(settled.Counts) : OnRecorded(settled, hint, now);
        return decided ?? (IsReconfigured ? Machine.ReevaluateLatest(this, failures: 0, hint) : null);
    }

    private Signal? OnRecorded(in SettledProbe settled, TripHint hint, long now)
    {
        var failed = settled.Verdict == Verdict.Failure;
        if (_window is not UserWindow)
        {
            return Decide(settled.Counts, settled.Window, failed, hint, now);
        }

        _window.Added(failed, settled.DurationTicks, Ledger.SlowThresholds.Reached(settled.DurationTicks));
        return Decide(settled.Counts, _window.Read(), failed, hint, now);
    }

    /// <summary>Evaluates the tripper and the recovery after a recorded probe, as rule 4 defines.</summary>
    private Signal? Decide(in ProbeCounts counts, in CallCounts window, bool failed, TripHint hint, long now)
    {
        var context = new TripperContext(State, window, counts.ConsecutiveFailures, Rules.SlowThresholds, Rules.ProbeLimit);
        if (_tripper is not null && UserCode.Fires(_tripper, context))
        {
            return Reopen(UserCode.Explain(_tripper, context), counts, hint);
        }

        if (counts.Recorded >= Rules.ProbeLimit && counts.Successes == 0)
        {
            return Reopen(new(ReasonKind.ProbingFailed, $"none of {RuleText.Number(counts.Recorded)} probes succeeded"), counts, hint);
        }

        var elapsed = Clock.Between(StartedAt, now);
        if (failed || elapsed < Rules.RecoveryDelay)
        {
            return null;
        }

        return UserCode.IsComplete(_recovery, new(elapsed, counts.Recorded, counts.Successes, counts.ConsecutiveSuccesses))
            ? Machine.Close(
                this,
                new(ReasonKind.Recovered, $"{RuleText.Number(counts.Successes)} of {RuleText.Number(counts.Recorded)} probes succeeded")
            )
            : null;
    }

    private Signal? DecideIgnored(in ProbeCounts counts) =>
        counts.IgnoredInARow >= Rules.ProbeLimit
            ? Reopen(new(ReasonKind.ProbingFailed, $"{RuleText.Number(counts.IgnoredInARow)} probes in a row were ignored"), counts)
            : null;

    private Signal? Reopen(Reason reason, in ProbeCounts counts, TripHint hint = default)
    {
        var noted = hint.Explain(reason);
        if (counts.Expired > 0)
        {
            noted = noted.WithNote(
                $"{RuleText.Number(counts.Expired)} of {RuleText.Number(counts.Recorded)} probes exceeded the lease of {RuleText.Duration(Rules.Lease)}"
            );
        }

        return Machine.Open(this, noted, History.Reopens + 1, hint);
    }

    /// <summary>A counted probe, with the counts of the phase at its position in the order.</summary>
    private readonly record struct SettledProbe(Verdict Verdict, long DurationTicks, ProbeCounts Counts, CallCounts Window, int LostSlow);
}
