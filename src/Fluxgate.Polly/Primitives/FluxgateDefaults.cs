namespace Fluxgate;

/// <summary>The default values and the limits of settings.</summary>
internal static class FluxgateDefaults
{
    public const string CircuitName = "FluxgateBreaker";

    public const int MaxNameLength = 256;

    public const int MaxDepth = 500;

    public const int WindowSize = 100;

    public const int MinRequests = 100;

    public const double FailureRate = 0.5;

    public const int RecoveryProbes = 10;

    public const int UnprovenProbesInFlight = 10;

    /// <summary>The calls of one breaker inside one of its probes that are admitted as part of the probe.</summary>
    public const int MaxNestedCalls = 10;

    public const double RampInitial = 0.1;

    public const double RampFinal = 1.0;

    public const int ListenerQueueCapacity = 1024;

    /// <summary>The most signals and notices that wait for a synchronous listener. Beyond that, the oldest are dropped.</summary>
    public const int MostSignalsWaiting = 10_000;

    /// <summary>The number of waiting signals and notices at which further notices are skipped.</summary>
    public const int MostNoticesWaiting = 256;

    /// <summary>The largest count window that stores the duration of each call: 9 MB.</summary>
    public const int MaxMeasuredCalls = 1_000_000;

    /// <summary>The most slow-call thresholds of one rule. Each needs a counter in every stripe of the ledger.</summary>
    public const int MaxSlowThresholds = 4;

    /// <summary>The most thresholds whose slow calls are counted: those of the rule, and the most recent ones that reloads removed from it.</summary>
    public const int MaxSlowTotals = 16;

    /// <summary>The longest streak that is counted exactly: it is stored in 24 bits.</summary>
    public const int MaxStreak = (1 << 24) - 1;

    public const int MaxBreakers = 1_000;

    /// <summary>The largest number of breakers in a group: some 1.2 GB.</summary>
    public const int MostBreakers = 1_000_000;

    public const int MaxKeySeries = 100;

    public const int MostKeySeries = 10_000;

    public static readonly TimeSpan IdleTimeout = TimeSpan.FromMinutes(10);

    public static readonly TimeSpan BreakFor = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long a circuit waits for a break duration or a probe gate, which is user code that one call runs for all calls. Another call then continues without it.
    /// </summary>
    public static readonly TimeSpan UserCodePatience = TimeSpan.FromSeconds(1);

    public static readonly TimeSpan LongestPostponement = TimeSpan.FromDays(1);

    public static readonly TimeSpan RampDuration = TimeSpan.FromSeconds(60);

    public static readonly TimeSpan ProbeLease = TimeSpan.FromSeconds(30);

    /// <summary>Less than the 10 s after which common HTTP handlers abandon an attempt.</summary>
    public static readonly TimeSpan AbandonedAfter = TimeSpan.FromSeconds(5);

    public static readonly TimeSpan MinBreakDurationHint = TimeSpan.FromSeconds(1);

    public static readonly TimeSpan MaxBreakDurationHint = TimeSpan.FromMinutes(10);

    public static readonly TimeSpan ListenerFlushTimeout = TimeSpan.FromSeconds(5);

    public static readonly TimeSpan LongestListenerFlushTimeout = TimeSpan.FromDays(1);
}
