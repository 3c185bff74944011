using FsCheck;
using FsCheck.Fluent;
using Xunit.Abstractions;

namespace Fluxgate;

public sealed class EngineModel(ITestOutputHelper output)
{
    // Without those of listeners and of features outside section 4.
    private static readonly UserErrorSource[] PlayedSources =
    [
        UserErrorSource.Predicate,
        UserErrorSource.Tripper,
        UserErrorSource.Recovery,
        UserErrorSource.Permit,
        UserErrorSource.BreakDuration,
        UserErrorSource.Window,
        UserErrorSource.ProbeGate,
    ];

    [Fact]
    public void The_engine_follows_the_rules_in_every_state()
    {
        var visits = Play(Scripts.OfEverything(), 3000);

        Assert.All(Enum.GetValues<BreakerState>(), state => visits.AtLeast(200, $"entered {state}"));
        Assert.All(AllPairs(), pair => visits.AtLeast(5, $"by hand {pair.From} -> {pair.To}"));
        Assert.All(PlayedSources, source => visits.AtLeast(30, $"error {source}"));
        Assert.All(Enum.GetValues<FaultPoint>(), point => visits.AtLeast(10, $"{point} is broken."));
        Assert.All(Enum.GetValues<Ending>(), ending => visits.AtLeast(100, $"{ending} in a pipeline"));
        visits.AtLeast(100_000, "steps");
        visits.AtLeast(1000, "tripped");
        visits.AtLeast(1000, "re-opened");
        visits.AtLeast(1000, "would-trip");
        visits.AtLeast(500, "closed by recovery");
        visits.AtLeast(200, "lease expired");
        visits.AtLeast(100, "lease expired and re-opened");
        visits.AtLeast(100, "result of an expired probe");
        visits.AtLeast(20, "success after the lease");
        visits.AtLeast(30, "abandoned after a long wait");
        visits.AtLeast(100, "abandoned early");
        visits.AtLeast(1000, "stale result");
        visits.AtLeast(30, "n probes failed");
        visits.AtLeast(200, "n ignored in a row");
        visits.AtLeast(1000, "clamped");
        visits.AtLeast(300, "held back by the cap of 10");
        visits.AtLeast(300, "probing without traffic");
        Assert.All(["a call", "the timer"], asker => visits.AtLeast(50, $"postponed for {asker}"));
        Assert.All(["a call", "the timer"], asker => visits.AtLeast(50, $"let go for {asker}"));
        Assert.All(Enum.GetValues<BreakerState>(), state => visits.AtLeast(20, $"trip for a time in {state}"));
        visits.AtLeast(100, "trip for another phase");
        visits.AtLeast(30, "overdue at an admission");
        visits.AtLeast(100, "overdue without a call");
        visits.AtLeast(10, "result of a call that was overdue at a would-trip");
        Assert.All([BreakerState.Closed, BreakerState.MetricsOnly], state => visits.AtLeast(30, $"fired at overdue calls in {state}"));
        AssertReconfigured(visits);
        foreach (var instants in (string[])["-1", "0", "+1"])
        {
            visits.AtLeast(200, $"{DueTime.EndOfBreak} {instants}");
            visits.AtLeast(20, $"{DueTime.OldestLease} {instants}");
            visits.AtLeast(100, $"{DueTime.NextBucket} {instants}");
            visits.AtLeast(20, $"{DueTime.OverdueTimer} {instants}");
            visits.AtLeast(1, $"{DueTime.EndOfRamp} {instants}");
            visits.AtLeast(1, $"{DueTime.RecoveryAfter} {instants}");
        }
    }

    [Fact]
    public void Evaluating_the_tripper_less_often_never_changes_a_decision()
    {
        var visits = Play(Scripts.OfRecordedCalls(), 1000);

        visits.AtLeast(50_000, "steps");
        foreach (var state in (BreakerState[])[BreakerState.Closed, BreakerState.MetricsOnly])
        {
            visits.AtLeast(700, $"fired at a failure in {state}");
            visits.AtLeast(300, $"fired at a success in {state}");
            visits.AtLeast(200, $"reconfigured in {state}");
        }
    }

    private static void AssertReconfigured(Coverage visits)
    {
        Assert.All(Enum.GetValues<BreakerState>(), state => visits.AtLeast(50, $"reconfigured in {state}"));
        visits.AtLeast(200, "reconfigured to the same");
        visits.AtLeast(100, "deadline moved");
        visits.AtLeast(100, "deadline kept");
        visits.AtLeast(10, "deadline moved into the past");
        visits.AtLeast(20, "postponement kept");
        visits.AtLeast(20, "postponement ended by new settings");
        visits.AtLeast(100, "window kept");
        visits.AtLeast(100, "window emptied");
        visits.AtLeast(20, "fired under new rules at a failure");
        visits.AtLeast(20, "fired under new rules at a success");
        visits.AtLeast(10, "lease expired before that of an older probe");
        visits.AtLeast(15, "measured too late");
    }

    private Coverage Play(Arbitrary<Script> scripts, int number)
    {
        // The context of the test runner would run continuations on another thread.
        SynchronizationContext.SetSynchronizationContext(null);
        var visits = new Coverage();

        Check.One(PropertyTrials.Of(number), Prop.ForAll(scripts, script => ModelRun.Play(script, visits)));

        output.WriteLine(visits.ToString());
        return visits;
    }

    private static IEnumerable<(BreakerState From, BreakerState To)> AllPairs() =>
        from oldState in Enum.GetValues<BreakerState>()
        from newState in Enum.GetValues<BreakerState>()
        select (oldState, newState);
}
