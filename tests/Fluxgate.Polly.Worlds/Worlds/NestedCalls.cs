using Polly;

namespace Fluxgate.Worlds;

/// <summary>A call through the same breaker inside a probe belongs to the probe as long as that is in flight, and is counted once in any case.</summary>
internal static class NestedCalls
{
    private static readonly TimeSpan PastLease = TimeSpan.FromSeconds(31);

    [World("A call inside a probe whose lease runs out belongs to it or is like any other, and is counted once")]
    public static void BesideTheLease(Story story) =>
        Beside(
            story,
            circuit =>
            {
                circuit.Pass(PastLease);
                circuit.Call(Verdict.Ignored);
            }
        );

    [World("A call inside a probe beside a reset is counted once")]
    public static void BesideAReset(Story story) => Beside(story, circuit => circuit.Reset());

    [World("A call inside a probe beside a reconfiguration is counted once")]
    public static void BesideAReconfiguration(Story story) =>
        Beside(story, circuit => circuit.Reconfigure(settings => settings.Permit = Permit.Random(1)));

    private static void Beside(Story story, Action<Circuit> act)
    {
        var circuit = new Circuit(
            story,
            new()
            {
                Tripper = Tripper.FailureStreak(5),
                Permit = Permit.MaxConcurrent(1),
                Recovery = Recovery.AfterProbes(5),
            }
        );
        circuit.Breaker.Probe();
        var pipeline = new ResiliencePipelineBuilder().AddFluxgateBreaker(circuit.Breaker).Build();

        story.Together(
            () =>
            {
                try
                {
                    pipeline.Execute(() => circuit.Call(Verdict.Success));
                }
                catch (CallNotPermittedException)
                {
                    // Rejected by the permit of the other call's probe.
                }
            },
            () => act(circuit)
        );

        var snapshot = circuit.Breaker.Snapshot();
        story.Require(snapshot is { InFlight: 0, HalfOpenInFlight: 0 }, $"nothing is in flight: {Circuit.Numbers(snapshot)}");
        story.Require(snapshot.Requests <= 3 && snapshot.WindowRequests <= 3, $"each call is counted once: {Circuit.Numbers(snapshot)}");
        story.Require(snapshot.State != BreakerState.Open, $"no rule fired: {Circuit.Numbers(snapshot)}");
    }
}
