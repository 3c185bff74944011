using Microsoft.Coyote.Runtime;

namespace Fluxgate.Worlds;

/// <summary>Rule 6: a window that a reconfiguration installs counts each call with its verdict.</summary>
internal static class NewWindows
{
    [World("A count window put in place while failures settle holds failures only")]
    public static void CountWindow(Story story) => Replaced(story, Window.Count(20), Tripper.FailureStreak(10));

    [World("A measured window put in place while failures settle holds failures only")]
    public static void MeasuredWindow(Story story) =>
        Replaced(story, Window.Count(20), Tripper.FailureStreak(10) | Tripper.AvgLatency(TimeSpan.FromSeconds(10)));

    [World("A time window put in place while failures settle holds failures only")]
    public static void TimeWindow(Story story) => Replaced(story, Window.Time(TimeSpan.FromSeconds(10)), Tripper.FailureStreak(10));

    [World("A count window put in place while a probe fails holds failures only")]
    public static void WhileHalfOpen(Story story)
    {
        var circuit = new Circuit(
            story,
            new()
            {
                Permit = Permit.All,
                Tripper = Tripper.FailureStreak(3),
                Window = Window.Count(10),
            }
        );
        circuit.Breaker.Probe();
        var probes = circuit.Admitted(2);

        story.Together(
            () => circuit.Settle(probes[0], Verdict.Failure),
            () => circuit.Settle(probes[1], Verdict.Failure),
            () => circuit.Reconfigure(settings => settings.Window = Window.Count(20))
        );

        RequireFailuresOnly(story, circuit);
    }

    [World("Failures that settle while a custom part starts open a circuit that they suffice for, or are not in the new window")]
    public static void WhileAPartStarts(Story story)
    {
        var circuit = new Circuit(story, new() { Window = Window.Count(10), Tripper = Tripper.FailureStreak(10) });

        story.Together(
            () => circuit.Fail(2),
            () =>
                circuit.Reconfigure(settings =>
                {
                    settings.Window = Window.Count(20);
                    settings.Tripper = new SlowToStart(story) | Tripper.FailureStreak(10);
                })
        );

        RequireFailuresOnly(story, circuit);
    }

    private static void Replaced(Story story, Window window, Tripper tripper)
    {
        var circuit = new Circuit(story, new() { Window = Window.Count(10), Tripper = tripper });

        story.Together(
            () => circuit.Call(Verdict.Failure, TimeSpan.Zero),
            () => circuit.Call(Verdict.Failure, TimeSpan.Zero),
            () => circuit.Reconfigure(settings => settings.Window = window)
        );

        RequireFailuresOnly(story, circuit);
    }

    private static void RequireFailuresOnly(Story story, Circuit circuit)
    {
        var snapshot = circuit.Breaker.Snapshot();
        story.Require(snapshot.WindowFailures == snapshot.WindowRequests, $"all calls failed: {Circuit.Numbers(snapshot)}");
    }

    /// <summary>A tripper that never fires and lets other threads run while it starts.</summary>
    private sealed class SlowToStart(Story story) : Tripper
    {
        public override bool Fires(in TripperContext reading) => false;

        public override Tripper Start()
        {
            story.Do("the part starts", SchedulingPoint.Interleave);
            return this;
        }
    }
}
