namespace Fluxgate;

/// <summary>A breaker without a pipeline.</summary>
internal static class Circuits
{
    public static void GoThroughAllStates()
    {
        var time = new ManualTime();
        var settings = new FluxgateBreakerSettings
        {
            Window = Window.Time(TimeSpan.FromSeconds(60), buckets: 6),
            Tripper = Tripper.MinRequests(4) & (Tripper.FailureRate(0.5) | Tripper.SlowRate(0.5, TimeSpan.FromSeconds(1))),
            BreakDuration = BreakDuration.Backoff(TimeSpan.FromSeconds(10), max: TimeSpan.FromMinutes(1), jitter: 0.1),
            Permit = Permit.RampUp(0.5, 1, TimeSpan.FromSeconds(5)) & Permit.MaxConcurrent(2),
            Recovery = Recovery.AfterProbes(2) & Recovery.After(TimeSpan.FromSeconds(5)),
            Randomizer = () => 0.4,
        };
        using var breaker = new FluxgateBreaker("payments", settings, time);
        Check.Equal(0, breaker.Warnings.Count, "warnings");

        for (var call = 0; call < 4; call++)
        {
            breaker.Settle(breaker.Admit(), call < 2 ? Verdict.Success : Verdict.Failure);
        }

        Check.Equal(BreakerState.Open, breaker.State, "the state after half of the calls failed");
        Check.That(breaker.Snapshot().Reason.Findings.Count == 2, "a trip has its findings");
        var rejection = Check.Throws<CallNotPermittedException>(() => breaker.Admit(), "an open circuit");
        Check.That(
            rejection.RetryAfter > TimeSpan.Zero && rejection.Message.Contains("payments", StringComparison.Ordinal),
            "a rejection has the retry time"
        );

        time.Advance(TimeSpan.FromSeconds(11));
        breaker.Admit().Settle(Verdict.Success);
        Check.Equal(BreakerState.HalfOpen, breaker.State, "the state after the break");
        time.Advance(TimeSpan.FromSeconds(5));
        breaker.Admit().Settle(Verdict.Success);
        Check.Equal(BreakerState.Closed, breaker.State, "the state after recovery");

        var now = breaker.Snapshot();
        Check.Equal((6, 4, 2, 1), (now.Requests, now.Successes, now.Failures, now.Rejected), "the totals");
        Check.Equal(1, now.Transitions(BreakerState.HalfOpen, BreakerState.Closed), "transitions to closed");
        Check.Equal(0, now.UserErrors(UserErrorSource.Tripper), "errors in user code");
    }

    public static void AcceptManualCalls()
    {
        using var breaker = new FluxgateBreaker("payments", new() { InitialState = BreakerState.MetricsOnly });
        Check.Equal(BreakerState.MetricsOnly, breaker.State, "the initial state");
        Check.Equal(BreakerState.ForcedOpen, breaker.ForceOpen("maintenance")!.NewState, "forced open");
        Check.That(!breaker.TryAdmit(out _), "a circuit that is forced open rejects");
        Check.Equal(BreakerState.Disabled, breaker.Disable()!.NewState, "disabled");
        Check.Equal(BreakerState.HalfOpen, breaker.Probe()!.NewState, "probing");
        Check.Equal(BreakerState.Open, breaker.Trip()!.NewState, "tripped");
        Check.Equal(BreakerState.Closed, breaker.Reset()!.NewState, "reset");
        Check.That(breaker.Reset() is null, "resetting a closed circuit is a no-op");
    }

    public static void AcceptReconfiguration()
    {
        using var breaker = new FluxgateBreaker("payments", new() { Tripper = Tripper.FailureStreak(5) });
        breaker.Admit().Settle(Verdict.Failure);
        var changes = breaker.Reconfigure(new() { Tripper = Tripper.FailureStreak(2) });
        Check.Equal("Tripper: FailureStreak(5) -> FailureStreak(2)", changes.Single(), "what changed");
        breaker.Admit().Settle(Verdict.Failure);
        Check.Equal(BreakerState.Open, breaker.State, "a streak continues after reconfiguration");
    }
}
