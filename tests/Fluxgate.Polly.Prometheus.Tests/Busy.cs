using System.Runtime.CompilerServices;

namespace Fluxgate;

/// <summary>Two breakers on virtual clocks that have been through so much that every family has something to show.</summary>
internal sealed class Busy
{
    /// <summary>Metrics hold breakers weakly: these live as long as their metrics.</summary>
    private static readonly ConditionalWeakTable<PrometheusMetrics, Busy> Kept = [];

    public Busy(MetricCatalogue? catalogue = null, string open = "payments", string closed = "orders")
    {
        Metrics = new(catalogue);
        Kept.Add(Metrics, this);
        Open = new(Settings(), open);
        Closed = new(Settings(), closed);
        Closed.Succeed(2);
        Closed.Take(TimeSpan.FromSeconds(1));
        Closed.Fail(2);
        Closed.Begin();
        LiveThrough(Open);
    }

    public PrometheusMetrics Metrics { get; }

    /// <summary>Tripped, re-opened once, open, with calls in flight from before.</summary>
    public World Open { get; }

    /// <summary>Closed, with calls in its window.</summary>
    public World Closed { get; }

    public Page Page => Page.Of(Metrics);

    private static void LiveThrough(World world)
    {
        world.Succeed(5);
        world.Take(TimeSpan.FromSeconds(0.75));
        world.Take(TimeSpan.FromMilliseconds(20), Verdict.Ignored);
        var stale = world.Begin();
        world.Begin();
        world.Fail(3);
        stale.Settle(Verdict.Success);
        world.Rejects(4);
        world.Wait(10);
        var probe = world.Begin();
        world.Take(TimeSpan.FromMilliseconds(250));
        world.Begin();
        probe.Settle(Verdict.Failure);
        world.Fail(2);
        world.Rejects(2);
        world.Wait(3);
    }

    /// <summary>Trips by a streak of three or by slow calls, for ten seconds.</summary>
    private FluxgateBreakerSettings Settings() =>
        new()
        {
            Window = Window.Count(20),
            Tripper = Tripper.FailureStreak(3) | (Tripper.SlowRate(0.9, TimeSpan.FromSeconds(0.5)) & Tripper.FailureStreak(2)),
            BreakDuration = BreakDuration.Fixed(TimeSpan.FromSeconds(10)),
            Permit = Permit.All,
            Recovery = Recovery.AfterProbes(5),
            Listeners = { new PrometheusListener(Metrics) },
        };
}
