namespace Fluxgate;

/// <content>What a half-open phase makes of a probe that has settled. No lock is held here.</content>
internal sealed partial class HalfOpenPhase
{
    private Signal? Recorded(in Standing standing, in Tally window, bool failed, long durationTicks, long breakTicks, long now)
    {
        if (_window is not null)
        {
            return Decide(standing, window, failed, breakTicks, now);
        }

        UserCode.Record(_userWindow, Rules.SlowThresholds.Call(failed, Ledger.IsMeasured ? durationTicks : 0));
        return Decide(standing, UserCode.Read(_userWindow), failed, breakTicks, now);
    }

    /// <summary>Rule 4, after each recorded probe.</summary>
    private Signal? Decide(in Standing standing, in Tally window, bool failed, long breakTicks, long now)
    {
        var reading = new Reading(State, window, standing.ConsecutiveFailures, Rules.SlowThresholds, Rules.ProbeLimit);
        if (_tripper is not null && UserCode.Fires(_tripper, reading))
        {
            return Reopen(UserCode.Explain(_tripper, reading), breakTicks);
        }

        if (standing.Probes >= Rules.ProbeLimit && standing.Successes == 0)
        {
            return Reopen(new(ReasonKind.ProbingFailed, $"none of {RuleText.Number(standing.Probes)} probes succeeded"), breakTicks);
        }

        var elapsed = Clock.Between(StartedAt, now);
        if (failed || elapsed < Rules.HoldsRecoveryFor)
        {
            return null;
        }

        return UserCode.IsOver(_recovery, new(elapsed, standing.Probes, standing.Successes, standing.ConsecutiveSuccesses))
            ? Breaker.Close(
                this,
                new(ReasonKind.Recovered, $"{RuleText.Number(standing.Successes)} of {RuleText.Number(standing.Probes)} probes succeeded")
            )
            : null;
    }

    private Signal? DecideIgnored(in Standing standing) =>
        standing.IgnoredInARow >= Rules.ProbeLimit
            ? Reopen(new(ReasonKind.ProbingFailed, $"{RuleText.Number(standing.IgnoredInARow)} probes in a row were ignored"))
            : null;

    private Signal? Reopen(Reason reason, long breakTicks = 0) => Breaker.Open(this, reason, History.Reopens + 1, breakTicks);
}
