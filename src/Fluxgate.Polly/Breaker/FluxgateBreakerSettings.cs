namespace Fluxgate;

/// <summary>The settings of a breaker: its parts and a few numbers. A breaker copies them, so later changes to this object have no effect on it.</summary>
/// <remarks>Not thread-safe. Several settings can share parts.</remarks>
public sealed partial class FluxgateBreakerSettings
{
    private static readonly Window DefaultWindow = Window.Count(FluxgateDefaults.WindowSize);
    private static readonly Tripper DefaultTripper =
        Tripper.MinRequests(FluxgateDefaults.MinRequests) & Tripper.FailureRate(FluxgateDefaults.FailureRate);
    private static readonly BreakDuration DefaultBreakDuration = BreakDuration.Fixed(FluxgateDefaults.BreakFor);
    private static readonly Permit DefaultPermit = Permit.RampUp(
        FluxgateDefaults.RampInitial,
        FluxgateDefaults.RampFinal,
        FluxgateDefaults.RampDuration
    );
    private static readonly Recovery DefaultRecovery = Recovery.AfterProbes(FluxgateDefaults.RecoveryProbes);
    private static readonly Rules DefaultRules = new(
        DefaultWindow,
        DefaultTripper,
        DefaultBreakDuration,
        DefaultPermit,
        DefaultRecovery,
        FluxgateDefaults.ProbeLease,
        probeWithoutTraffic: false,
        probeGate: null,
        randomizer: null,
        FluxgateDefaults.AbandonedAfter,
        warnings: []
    );

    // The rules last created from these settings. They are valid, and shared as long as the settings do not change.
    private Rules _rules = DefaultRules;

    /// <summary>Gets or sets the window: the recent calls that the rule evaluates.</summary>
    /// <value><c>Count(100)</c> by default.</value>
    public Window Window { get; set; } = DefaultWindow;

    /// <summary>Gets or sets the rule that opens the circuit.</summary>
    /// <value><c>MinRequests(100) &amp; FailureRate(50%)</c> by default.</value>
    public Tripper Tripper { get; set; } = DefaultTripper;

    /// <summary>Gets or sets how long the circuit stays open.</summary>
    /// <value><c>Fixed(60 s)</c> by default.</value>
    public BreakDuration BreakDuration { get; set; } = DefaultBreakDuration;

    /// <summary>Gets or sets which calls probe while the circuit is half-open.</summary>
    /// <value><c>RampUp(10% -> 100%, 60 s)</c> by default.</value>
    public Permit Permit { get; set; } = DefaultPermit;

    /// <summary>Gets or sets when probing has succeeded and the circuit closes.</summary>
    /// <value><c>AfterProbes(10)</c> by default.</value>
    public Recovery Recovery { get; set; } = DefaultRecovery;

    /// <summary>
    /// Gets or sets how long a probe may take. A probe that takes longer counts as a failure with this duration, and its permit is returned. Its
    /// later result is stale and has no effect on the state.
    /// </summary>
    /// <value>Greater than zero; 30 s by default.</value>
    public TimeSpan ProbeLease { get; set; } = FluxgateDefaults.ProbeLease;

    /// <summary>
    /// Gets or sets how long a call must have waited to be a failure when its caller gives up: when it ends with an
    /// <see cref="OperationCanceledException"/> while the caller's token is canceled. A call that is abandoned earlier is ignored, or is a success if it made progress (<see cref="Admission.Progress"/>).
    /// </summary>
    /// <value>Greater than zero, or <see cref="Timeout.InfiniteTimeSpan"/> to ignore every abandoned call; 5 s by default.</value>
    /// <remarks>
    /// A dependency that hangs shows only in this way where a timeout outside the breaker gives up first. <see cref="FluxgateBreakerOptions{TResult}.ShouldIgnore"/>
    /// is called first. Calls whose token cannot be canceled are never abandoned and are not timed for this setting.
    /// </remarks>
    public TimeSpan AbandonedAfter { get; set; } = FluxgateDefaults.AbandonedAfter;

    /// <summary>Gets or sets whether a timer ends the break and expires probe leases when there are no calls.</summary>
    /// <value><see langword="false"/> by default: the first call after the break moves the circuit to half-open.</value>
    public bool ProbeWithoutTraffic { get; set; }

    /// <summary>
    /// Gets or sets a function that is called when a break is over, and says whether probing may begin. <see langword="null"/> means that it
    /// may; a time means that the circuit stays open for so long, and the function is called again then.
    /// </summary>
    /// <value>
    /// <see langword="null"/> by default: probing begins when the break is over. The function returns <see langword="null"/>, or a time greater
    /// than zero and at most 1 day.
    /// </value>
    /// <remarks>
    /// A call or the timer of <see cref="ProbeWithoutTraffic"/> calls it; other calls are rejected meanwhile. The time that it returns becomes the
    /// <c>RetryAfter</c> of rejections and snapshots. If it throws, returns another value, or has not returned for 1 s, probing begins, and
    /// the error is counted as <see cref="UserErrorSource.ProbeGate"/>. It must be thread-safe and must not wait. A break until reset and
    /// <see cref="FluxgateBreaker.Probe"/> do not call it.
    /// </remarks>
    public Func<ProbeGateContext, TimeSpan?>? ProbeGate { get; set; }

    /// <summary>Gets or sets the initial state of the breaker. No signal is raised for it.</summary>
    /// <value><see cref="BreakerState.Closed"/> by default.</value>
    public BreakerState InitialState { get; set; } = BreakerState.Closed;

    /// <summary>Gets or sets the listeners and callbacks that receive the breaker's signals.</summary>
    /// <value>Empty by default.</value>
    public ListenerCollection Listeners { get; set; } = [];

    /// <summary>Gets or sets how many signals and notices can wait for each asynchronous listener. A full queue drops its oldest entry.</summary>
    /// <value>At least 1; 1024 by default.</value>
    public int ListenerQueueCapacity { get; set; } = FluxgateDefaults.ListenerQueueCapacity;

    /// <summary>Gets or sets how long disposing the breaker waits for its listeners.</summary>
    /// <value>Greater than zero, at most 1 day; 5 s by default.</value>
    public TimeSpan ListenerFlushTimeout { get; set; } = FluxgateDefaults.ListenerFlushTimeout;

    /// <summary>Gets or sets the random number generator for jitter and permits, as in Polly's retry. It must be thread-safe and return at least 0 and less than 1.</summary>
    /// <value><see langword="null"/> by default: <see cref="Random.Shared"/>.</value>
    public Func<double>? Randomizer { get; set; }

    /// <summary>
    /// Gets the warnings about settings that are valid but probably unintended, such as a branch of the rule that can never fire, or a rule
    /// that fires on a single call. Computed from the current settings at each call.
    /// </summary>
    /// <value>One sentence per warning; empty if there is none.</value>
    public IReadOnlyList<string> Warnings =>
        Tripper is null || Window is null ? [] : [.. Inspect(out _), .. FindPrematureRule(), .. FindShortLease()];

    /// <summary>Gets all validation errors: settings that are out of range or missing, and a rule that can never fire. Computed from the current settings at each call.</summary>
    /// <value>Each message names the setting, its value and what is allowed. Empty if the settings are valid.</value>
    public IReadOnlyList<string> Errors => [.. FindErrors().Select(OneLine.MessageOf)];

    /// <summary>Creates a copy of these settings, for example to change some of them.</summary>
    /// <returns>The copy. It contains the same parts and listeners, and has a listener collection of its own.</returns>
    public FluxgateBreakerSettings Copy()
    {
        var copy = (FluxgateBreakerSettings)MemberwiseClone();
        copy.Listeners = Listeners is null ? null! : [.. Listeners];
        return copy;
    }

    /// <summary>Validates all settings, and returns the rules for a breaker.</summary>
    internal Rules ToRules()
    {
        Validate();
        if (!AreUnchanged)
        {
            _rules = new(
                Window,
                Tripper,
                BreakDuration,
                Permit,
                Recovery,
                ProbeLease,
                ProbeWithoutTraffic,
                ProbeGate,
                Randomizer,
                AbandonedAfter,
                Warnings
            );
        }

        return _rules;
    }

    /// <summary>Returns settings with the same rules. All other settings have their defaults.</summary>
    internal static FluxgateBreakerSettings Of(Rules rules) =>
        new()
        {
            Window = rules.Window,
            Tripper = rules.Tripper,
            BreakDuration = rules.BreakDuration,
            Permit = rules.Permit,
            Recovery = rules.Recovery,
            ProbeLease = rules.Lease,
            ProbeWithoutTraffic = rules.ProbeWithoutTraffic,
            ProbeGate = rules.ProbeGate,
            Randomizer = rules.Randomizer,
            AbandonedAfter = rules.AbandonedAfter,
            _rules = rules,
        };

    private bool AreUnchanged =>
        ReferenceEquals(Window, _rules.Window)
        && ReferenceEquals(Tripper, _rules.Tripper)
        && ReferenceEquals(BreakDuration, _rules.BreakDuration)
        && ReferenceEquals(Permit, _rules.Permit)
        && ReferenceEquals(Recovery, _rules.Recovery)
        && (ProbeLease, ProbeWithoutTraffic, ProbeGate, Randomizer, AbandonedAfter)
            == (_rules.Lease, _rules.ProbeWithoutTraffic, _rules.ProbeGate, _rules.Randomizer, _rules.AbandonedAfter);
}
