namespace Fluxgate;

/// <summary>The numbers that hold where a user says nothing.</summary>
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

    public const double RampInitial = 0.1;

    public const double RampFinal = 1.0;

    public const int ListenerQueueCapacity = 1024;

    /// <summary>Signals and notices that wait for a synchronous listener at the most; the oldest are dropped.</summary>
    public const int MostSignalsWaiting = 10_000;

    /// <summary>From so many signals and notices that wait for a listener on, notices are left out.</summary>
    public const int MostNoticesWaiting = 256;

    /// <summary>The longest count window that keeps the duration of each call: 8 MB.</summary>
    public const int MaxMeasuredCalls = 1_000_000;

    /// <summary>Slow-call thresholds of one rule: each costs a counter in every cell of the ledger.</summary>
    public const int MaxSlowThresholds = 4;

    /// <summary>Thresholds whose slow calls are counted: those of the rule, and the last ones that reloads took out of it.</summary>
    public const int MaxSlowTotals = 16;

    /// <summary>The longest streak that is told apart from longer ones: it stands in 24 bits.</summary>
    public const int MaxStreak = (1 << 24) - 1;

    public static readonly TimeSpan BreakFor = TimeSpan.FromSeconds(60);

    /// <summary>How long a circuit stays as it is while the duration of its break is being drawn.</summary>
    public static readonly TimeSpan BreakDurationPatience = TimeSpan.FromSeconds(1);

    public static readonly TimeSpan RampDuration = TimeSpan.FromSeconds(60);

    public static readonly TimeSpan ProbeLease = TimeSpan.FromSeconds(30);

    public static readonly TimeSpan MinBreakDurationHint = TimeSpan.FromSeconds(1);

    public static readonly TimeSpan MaxBreakDurationHint = TimeSpan.FromMinutes(10);

    public static readonly TimeSpan ListenerFlushTimeout = TimeSpan.FromSeconds(5);

    public static readonly TimeSpan LongestListenerFlushTimeout = TimeSpan.FromDays(1);
}
