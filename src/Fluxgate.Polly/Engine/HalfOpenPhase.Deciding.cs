namespace Fluxgate;

/// <content>What a half-open phase makes of a probe that has settled. No lock is held here.</content>
internal sealed partial class HalfOpenPhase
{
    /// <summary>A probe was taken: decides, also where the phase has gone on in another object meanwhile.</summary>
    private Signal? Settled(in Taken taken, long breakTicks, long now)
    {
        if (taken.LostSlow != 0)
        {
            Machine.Totals.AddSlow(Ledger.SlowThresholds, taken.LostSlow);
        }

        Machine.Durations?.Record(State, taken.DurationTicks);
        if (IsContinued && !Machine.IsCurrent(this) && _window is not UserWindow)
        {
            return Machine.Reconsidered(this, failures: 0, breakTicks);
        }

        var decided = taken.Verdict == Verdict.Ignored ? DecideIgnored(taken.Counts) : Recorded(taken, breakTicks, now);
        return decided ?? (IsContinued ? Machine.Reconsidered(this, failures: 0, breakTicks) : null);
    }

    private Signal? Recorded(in Taken taken, long breakTicks, long now)
    {
        var failed = taken.Verdict == Verdict.Failure;
        if (_window is not UserWindow)
        {
            return Decide(taken.Counts, taken.Window, failed, breakTicks, now);
        }

        _window.Added(failed, taken.DurationTicks, Ledger.SlowThresholds.Reached(taken.DurationTicks));
        return Decide(taken.Counts, _window.Read(), failed, breakTicks, now);
    }

    /// <summary>Rule 4, after each recorded probe.</summary>
    private Signal? Decide(in ProbeCounts counts, in CallCounts window, bool failed, long breakTicks, long now)
    {
        var reading = new TripperContext(State, window, counts.ConsecutiveFailures, Rules.SlowThresholds, Rules.ProbeLimit);
        if (_tripper is not null && UserCode.Fires(_tripper, reading))
        {
            return Reopen(UserCode.Explain(_tripper, reading), breakTicks);
        }

        if (counts.Recorded >= Rules.ProbeLimit && counts.Successes == 0)
        {
            return Reopen(new(ReasonKind.ProbingFailed, $"none of {RuleText.Number(counts.Recorded)} probes succeeded"), breakTicks);
        }

        var elapsed = Clock.Between(StartedAt, now);
        if (failed || elapsed < Rules.RecoveryDelay)
        {
            return null;
        }

        return UserCode.IsOver(_recovery, new(elapsed, counts.Recorded, counts.Successes, counts.ConsecutiveSuccesses))
            ? Machine.Close(
                this,
                new(ReasonKind.Recovered, $"{RuleText.Number(counts.Successes)} of {RuleText.Number(counts.Recorded)} probes succeeded")
            )
            : null;
    }

    private Signal? DecideIgnored(in ProbeCounts counts) =>
        counts.IgnoredInARow >= Rules.ProbeLimit
            ? Reopen(new(ReasonKind.ProbingFailed, $"{RuleText.Number(counts.IgnoredInARow)} probes in a row were ignored"))
            : null;

    private Signal? Reopen(Reason reason, long breakTicks = 0) => Machine.Open(this, reason, History.Reopens + 1, breakTicks);

    /// <summary>A probe that was counted, and what the phase looked like at its place in the order.</summary>
    private readonly record struct Taken(Verdict Verdict, long DurationTicks, ProbeCounts Counts, CallCounts Window, int LostSlow);
}
