using Fluxgate;

namespace Outage;

/// <summary>The circuits of the program, one for each behavior of a breaker.</summary>
internal sealed class Circuits : IAsyncDisposable
{
    public const int Window = 20;

    public static readonly TimeSpan Break = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(20);
    private static readonly Dictionary<string, double> Thresholds = new() { ["MinRequests"] = 4, ["FailureRate"] = 0.5 };

    private readonly TaskCompletionSource _listenerGate = new();

    public Circuits()
    {
        Payments = Add("payments", Settings());
        Inventory = Add("inventory", Settings());
        Search = All["search"] = new("search", Settings(Tripper.MinRequests(4) & (Tripper.FailureRate(0.5) | Tripper.SlowRate(1, Slow))))
        {
            Thresholds = new Dictionary<string, double>(Thresholds) { ["SlowRate"] = 1 },
            Slow = Slow,
        };
        Shadow = Add("shadow", Settings(state: BreakerState.MetricsOnly));
        Legacy = Add("legacy", Settings(state: BreakerState.Disabled));
        Maintenance = Add("maintenance", Settings());
        Flapping = Add("flapping", Settings());
        Stuck = Add("stuck", Settings(recovery: Recovery.After(TimeSpan.FromHours(1))));
        FailingPredicate = Add("failing-predicate", Settings());
        Hostile = Add("a \"quoted\\name\"\n\U0001F525", Settings());
        Add("unused", Settings());

        // Its listener does not return until the end, and one signal fits into its queue.
        var slow = Settings();
        slow.ListenerQueueCapacity = 1;
        slow.ListenerFlushTimeout = TimeSpan.FromSeconds(1);
        slow.Listeners.Add(async (_, _) => await _listenerGate.Task);
        SlowListener = Add("slow-listener", slow);

        Tenants = Groups["tenants"] = new(
            "tenants",
            Settings(),
            new()
            {
                MaxBreakers = Scenario.Tenants,
                IdleTimeout = TimeSpan.FromHours(1),
                MaxKeySeries = 12,
            }
        );
        Groups["unused-group"] = new("unused-group", Settings(), new());
    }

    public Dictionary<string, CircuitGroup> Groups { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, Circuit> All { get; } = new(StringComparer.Ordinal);

    /// <summary>Trips, opens again after a failed probe, and recovers.</summary>
    public Circuit Payments { get; }

    /// <summary>Never recovers, and probes after each break.</summary>
    public Circuit Inventory { get; }

    /// <summary>Healthy, with calls of all durations, and two that hang.</summary>
    public Circuit Search { get; }

    /// <summary>Metrics-only, and its rule would trip.</summary>
    public Circuit Shadow { get; }

    /// <summary>Disabled.</summary>
    public Circuit Legacy { get; }

    /// <summary>Forced open manually.</summary>
    public Circuit Maintenance { get; }

    /// <summary>Opens and closes repeatedly.</summary>
    public Circuit Flapping { get; }

    /// <summary>Stays half-open although its probes succeed; one of them is in flight.</summary>
    public Circuit Stuck { get; }

    /// <summary>Its failure predicate throws.</summary>
    public Circuit FailingPredicate { get; }

    /// <summary>Signals to its asynchronous listener are dropped.</summary>
    public Circuit SlowListener { get; }

    /// <summary>Has a name that must be escaped everywhere.</summary>
    public Circuit Hostile { get; }

    /// <summary>A circuit for each of 40 keys. A part of them fails.</summary>
    public CircuitGroup Tenants { get; }

    public async ValueTask DisposeAsync()
    {
        _listenerGate.SetResult();
        foreach (var group in Groups.Values)
        {
            await group.DisposeAsync();
        }

        foreach (var circuit in All.Values)
        {
            await circuit.DisposeAsync();
        }
    }

    private static FluxgateBreakerSettings Settings(
        Tripper? tripper = null,
        Recovery? recovery = null,
        BreakerState state = BreakerState.Closed
    ) =>
        new()
        {
            Window = Fluxgate.Window.Count(Window),
            Tripper = tripper ?? (Tripper.MinRequests(4) & Tripper.FailureRate(0.5)),
            BreakDuration = BreakDuration.Fixed(Break),
            Permit = Permit.All,
            Recovery = recovery ?? Recovery.AfterProbes(2),
            InitialState = state,
        };

    private Circuit Add(string name, FluxgateBreakerSettings settings) => All[name] = new(name, settings) { Thresholds = Thresholds };
}
