namespace Fluxgate;

/// <summary>The parts of a breaker and the few numbers beside them. A breaker copies what it needs; changing the object later changes nothing.</summary>
/// <remarks>Not thread-safe while it is being filled. Parts may be shared between settings.</remarks>
public sealed class FluxgateBreakerSettings
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

    /// <summary>Which recent calls count.</summary>
    /// <value><c>Count(100)</c> unless set.</value>
    public Window Window { get; set; } = DefaultWindow;

    /// <summary>The rule that opens the circuit.</summary>
    /// <value><c>MinRequests(100) &amp; FailureRate(50%)</c> unless set.</value>
    public Tripper Tripper { get; set; } = DefaultTripper;

    /// <summary>How long the circuit stays open.</summary>
    /// <value><c>Fixed(60 s)</c> unless set.</value>
    public BreakDuration BreakDuration { get; set; } = DefaultBreakDuration;

    /// <summary>Which calls probe while half-open.</summary>
    /// <value><c>RampUp(10% -> 100%, 60 s)</c> unless set.</value>
    public Permit Permit { get; set; } = DefaultPermit;

    /// <summary>When probing ends well.</summary>
    /// <value><c>AfterProbes(10)</c> unless set.</value>
    public Recovery Recovery { get; set; } = DefaultRecovery;

    /// <summary>How long a probe may take. Then it counts as a failure with this duration, its permit returns, and what it brings later decides nothing.</summary>
    /// <value>Greater than zero; 30 s unless set.</value>
    public TimeSpan ProbeLease { get; set; } = FluxgateDefaults.ProbeLease;

    /// <summary>Whether a timer ends a break, and notices an expired lease, when no call comes.</summary>
    /// <value><see langword="false"/> unless set: the first call after the break moves the circuit to half-open.</value>
    public bool ProbeWithoutTraffic { get; set; }

    /// <summary>The state that the breaker starts in. No signal is raised for it.</summary>
    /// <value><see cref="BreakerState.Closed"/> unless set.</value>
    public BreakerState InitialState { get; set; } = BreakerState.Closed;

    /// <summary>What hears the breaker's signals: listeners and lambdas.</summary>
    /// <value>Empty unless filled.</value>
    public ListenerCollection Listeners { get; set; } = [];

    /// <summary>How many signals and notices wait for each asynchronous listener at the most.</summary>
    /// <value>At least 1; 1024 unless set.</value>
    public int ListenerQueueCapacity { get; set; } = FluxgateDefaults.ListenerQueueCapacity;

    /// <summary>How long disposing the breaker waits for its listeners.</summary>
    /// <value>Greater than zero, at most 1 day; 5 s unless set.</value>
    public TimeSpan ListenerFlushTimeout { get; set; } = FluxgateDefaults.ListenerFlushTimeout;

    /// <summary>The source of chance for jitter and permits, as in Polly's retry: answers with at least 0 and less than 1, and is thread-safe.</summary>
    /// <value><see langword="null"/> unless set: a shared random source.</value>
    public Func<double>? Randomizer { get; set; }

    /// <summary>
    /// What is allowed but likely not meant, such as a branch of the rule that can never fire, or a rule that a single call fires. Computed from
    /// the parts as they are now.
    /// </summary>
    public IReadOnlyList<string> Warnings => Tripper is null || Window is null ? [] : [.. Inspect(out _), .. Hasty()];

    /// <summary>What no breaker could work with, all at once: a setting that is out of range or missing, a rule that can never fire. Computed from the settings as they are now.</summary>
    /// <value>Each message names the setting, its value and what is allowed; empty when a breaker can be made of these settings.</value>
    public IReadOnlyList<string> Errors => [.. Refusals().Select(OneLine.MessageOf)];

    /// <summary>Creates a copy of these settings, for example to change some of them.</summary>
    /// <returns>The copy. It contains the same parts and listeners, and has a listener collection of its own.</returns>
    public FluxgateBreakerSettings Copy()
    {
        var copy = (FluxgateBreakerSettings)MemberwiseClone();
        copy.Listeners = Listeners is null ? null! : [.. Listeners];
        return copy;
    }

    /// <summary>Refuses what no breaker could work with.</summary>
    /// <exception cref="ArgumentException">Settings are out of range or missing; the message names each, its value and what is allowed.</exception>
    internal void Validate()
    {
        var refusals = Refusals().ToArray();
        if (refusals is [var only])
        {
            throw only;
        }

        if (refusals.Length > 0)
        {
            var count = RuleText.Number(refusals.Length);
            throw new ArgumentException($"{count} settings are refused:\n- {string.Join("\n- ", refusals.Select(OneLine.MessageOf))}");
        }
    }

    private static ArgumentException? Refusal(Action check)
    {
        try
        {
            check();
            return null;
        }
        catch (ArgumentException refusal)
        {
            return refusal;
        }
    }

    private IEnumerable<ArgumentException> Refusals() => Checks().Select(Refusal).OfType<ArgumentException>();

    private IEnumerable<Action> Checks()
    {
        yield return () => Require.NotNull(Window);
        yield return () => Require.NotNull(Tripper);
        yield return () => Require.NotNull(BreakDuration);
        yield return () => Require.NotNull(Permit);
        yield return () => Require.NotNull(Recovery);
        yield return () => Require.NotNull(Listeners);
        yield return () => Require.Positive(ProbeLease);
        yield return () => Require.Positive(ListenerFlushTimeout, FluxgateDefaults.LongestListenerFlushTimeout);
        yield return () => Require.Count(ListenerQueueCapacity);
        yield return RequireKnownState;
        if (Window is not null && Tripper is not null)
        {
            yield return RequireRuleThatCanFire;
            yield return RequireDurationsThatCanBeKept;
            yield return RequireFewSlowThresholds;
        }
    }

    private void RequireKnownState()
    {
        if (!InitialState.IsKnown())
        {
            throw new ArgumentOutOfRangeException(
                nameof(InitialState),
                InitialState,
                $"InitialState must be one of the six breaker states, but is {RuleText.Number((int)InitialState)}."
            );
        }
    }

    private void RequireRuleThatCanFire()
    {
        Inspect(out var dead);
        if (dead is not null)
        {
            throw new ArgumentException(
                $"Tripper can never fire while the circuit is closed: {dead}. The rule is {Tripper}, the window {Window}.",
                nameof(Tripper)
            );
        }

        if (Tripper.Leaves.FirstOrDefault(leaf => leaf.SlowThreshold <= TimeSpan.Zero) is { } leaf)
        {
            throw new ArgumentException(
                $"Tripper must name slow-call durations greater than zero, but {leaf} names {leaf.SlowThreshold}.",
                nameof(Tripper)
            );
        }
    }

    /// <summary>The settings of which a circuit is made. Validates all settings.</summary>
    internal Parts ToParts()
    {
        Validate();
        return new(Window, Tripper, BreakDuration, Permit, Recovery, ProbeLease, ProbeWithoutTraffic, Randomizer, Warnings);
    }

    /// <summary>Settings of which the same circuit is made; the rest as in new settings.</summary>
    internal static FluxgateBreakerSettings Of(Parts parts) =>
        new()
        {
            Window = parts.Window,
            Tripper = parts.Tripper,
            BreakDuration = parts.BreakDuration,
            Permit = parts.Permit,
            Recovery = parts.Recovery,
            ProbeLease = parts.ProbeLease,
            ProbeWithoutTraffic = parts.ProbeWithoutTraffic,
            Randomizer = parts.Randomizer,
        };

    private void RequireDurationsThatCanBeKept()
    {
        if (
            Window is CountWindow { Capacity: > FluxgateDefaults.MaxMeasuredCalls }
            && Tripper.Leaves.Any(leaf => leaf.NeedsDurations || leaf.SlowThreshold is not null)
        )
        {
            throw new ArgumentException(
                $"Window must hold {RuleText.Number(FluxgateDefaults.MaxMeasuredCalls)} calls at most where the rule looks at durations, since it keeps each call, but is {Window}.",
                nameof(Window)
            );
        }
    }

    private void RequireFewSlowThresholds()
    {
        var thresholds = Tripper.Leaves.Select(leaf => leaf.SlowThreshold).OfType<TimeSpan>().Distinct().ToArray();
        if (thresholds.Length > FluxgateDefaults.MaxSlowThresholds)
        {
            throw new ArgumentException(
                $"Tripper may name {FluxgateDefaults.MaxSlowThresholds} different slow-call durations at most, but names {thresholds.Length}: {string.Join(", ", thresholds.Select(RuleText.Duration))}.",
                nameof(Tripper)
            );
        }
    }

    /// <summary>Asks the rule about calls at which no rule should fire. One with leaves of a user's is not asked: those have a life of their own.</summary>
    private IEnumerable<string> Hasty()
    {
        Tripper[] leaves = [.. Tripper.Leaves];
        if (!leaves.All(Tripper.IsBuiltIn))
        {
            yield break;
        }

        var slow = new SlowThresholds(leaves.Select(leaf => leaf.SlowThreshold).OfType<TimeSpan>());
        if (Tripper.Fires(new(BreakerState.Closed, new(Window.Capacity ?? int.MaxValue, 0, 0, default), 0, slow)))
        {
            yield return $"The rule {Tripper} fires without a failure or a slow call, once there are calls enough. Is one of its | meant as &?";
        }
        else if (Tripper.Fires(new(BreakerState.Closed, slow.Call(failed: true, Clock.LongestTicks), 0, slow)))
        {
            yield return $"The rule {Tripper} fires at the first call that fails or is slow: no MinRequests stands beside its rates.";
        }
    }

    private List<string> Inspect(out string? dead)
    {
        var whileClosed = new Dictionary<string, string>(StringComparer.Ordinal);
        var whileHalfOpen = new Dictionary<string, string>(StringComparer.Ordinal);
        dead = Tripper.Dead(BreakerState.Closed, Window.Capacity, whileClosed);
        Tripper.Dead(BreakerState.HalfOpen, Window.Capacity, whileHalfOpen);
        return
        [
            .. whileClosed
                .Where(branch => whileHalfOpen.ContainsKey(branch.Key))
                .Select(branch => $"The branch {branch.Key} of the rule can never fire while the circuit is closed: {branch.Value}."),
        ];
    }
}
