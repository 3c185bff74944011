using System.Runtime.CompilerServices;

namespace Fluxgate;

/// <summary>Two breakers in virtual time whose history gives every family a series.</summary>
internal sealed class BusyBreakers
{
    /// <summary>Metrics reference breakers weakly: these live as long as their metrics.</summary>
    private static readonly ConditionalWeakTable<PrometheusMetrics, BusyBreakers> Kept = [];

    public BusyBreakers(MetricCatalog? catalog = null, string open = "payments", string closed = "orders")
    {
        Metrics = new(catalog);
        Kept.Add(Metrics, this);
        Open = new(Settings(), open);
        Closed = new(Settings(), closed);
        Closed.Succeed(2);
        Closed.Take(TimeSpan.FromSeconds(1));
        Closed.Fail(2);
        Closed.Begin();
        RunHistory(Open);
        Group = new("tenants", Settings(), new() { MaxBreakers = 2 }, Open.Time);
        foreach (var (key, calls) in (ReadOnlySpan<(string, int)>)[("acme", 5), ("zeta", 1), ("newcomer", 2)])
        {
            Fail(Group, key, calls);
        }
    }

    public PrometheusMetrics Metrics { get; }

    /// <summary>Open after one re-open, with calls of an earlier state in flight.</summary>
    public World Open { get; }

    /// <summary>Closed, with calls in its window.</summary>
    public World Closed { get; }

    /// <summary>A group without a free place. One circuit is open, one is closed, and the shared one has failures.</summary>
    public BreakerGroup Group { get; }

    public Page Page => Page.Of(Metrics);

    private static void Fail(BreakerGroup group, string key, int calls)
    {
        for (var i = 0; i < calls; i++)
        {
            if (group.GetOrAdd(key).TryAdmit(out var call))
            {
                call.Settle(Verdict.Failure);
            }
        }
    }

    private static void RunHistory(World world)
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
