namespace Fluxgate;

/// <content>The validation of the settings, and the warnings about what is valid but probably a mistake.</content>
public sealed partial class FluxgateBreakerSettings
{
    /// <summary>Validates all settings.</summary>
    /// <exception cref="ArgumentException">Settings are out of range or missing. The message names each of them, its value and what is allowed.</exception>
    internal void Validate()
    {
        var errors = FindErrors().ToArray();
        if (errors is [var only])
        {
            throw only;
        }

        if (errors.Length > 0)
        {
            var count = RuleText.Number(errors.Length);
            throw new ArgumentException($"{count} settings are invalid:\n- {string.Join("\n- ", errors.Select(OneLine.MessageOf))}");
        }
    }

    private IEnumerable<ArgumentException> FindErrors() => Checks().Select(Require.ErrorOf).OfType<ArgumentException>();

    private IEnumerable<Action> Checks()
    {
        yield return () => Require.NotNull(Window);
        yield return () => Require.NotNull(Tripper);
        yield return () => Require.NotNull(BreakDuration);
        yield return () => Require.NotNull(Permit);
        yield return () => Require.NotNull(Recovery);
        yield return () => Require.NotNull(Listeners);
        yield return () => Require.Positive(ProbeLease);
        yield return RequirePositiveOrInfinite;
        yield return () => Require.Positive(ListenerFlushTimeout, FluxgateDefaults.LongestListenerFlushTimeout);
        yield return () => Require.Count(ListenerQueueCapacity);
        yield return RequireKnownState;
        if (Window is not null && Tripper is not null && !AreUnchanged)
        {
            yield return RequireRuleThatCanFire;
            yield return RequireWindowThatCanStoreDurations;
            yield return RequireFewSlowThresholds;
        }
    }

    private void RequirePositiveOrInfinite()
    {
        if (AbandonedAfter <= TimeSpan.Zero && AbandonedAfter != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(
                nameof(AbandonedAfter),
                AbandonedAfter,
                $"AbandonedAfter must be greater than zero, or Timeout.InfiniteTimeSpan for never, but is {AbandonedAfter}."
            );
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
                $"Tripper must have slow-call durations greater than zero, but {leaf} has {leaf.SlowThreshold}.",
                nameof(Tripper)
            );
        }
    }

    private void RequireWindowThatCanStoreDurations()
    {
        if (
            Window is CountWindow { Capacity: > FluxgateDefaults.MaxMeasuredCalls }
            && Tripper.Leaves.Any(leaf => leaf.NeedsDurations || leaf.SlowThreshold is not null)
        )
        {
            throw new ArgumentException(
                $"Window must hold at most {RuleText.Number(FluxgateDefaults.MaxMeasuredCalls)} calls if the rule uses durations, because it stores each call, but is {Window}.",
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
                $"Tripper must have at most {FluxgateDefaults.MaxSlowThresholds} different slow-call durations, but has {thresholds.Length}: {string.Join(", ", thresholds.Select(RuleText.Duration))}.",
                nameof(Tripper)
            );
        }
    }

    /// <summary>Evaluates the rule on windows for which no rule should fire. A rule with user-defined leaves is not evaluated: they can keep state.</summary>
    private IEnumerable<string> FindPrematureRule()
    {
        Tripper[] leaves = [.. Tripper.Leaves];
        if (!leaves.All(Tripper.IsBuiltIn))
        {
            yield break;
        }

        var slow = new SlowThresholds(leaves.Select(leaf => leaf.SlowThreshold).OfType<TimeSpan>());
        if (Tripper.Fires(new(BreakerState.Closed, new(Window.Capacity ?? int.MaxValue, 0, 0, default), 0, slow)))
        {
            yield return $"The rule {Tripper} fires without a failure or a slow call once the window holds enough calls. Should one of its | be &?";
        }
        else if (Tripper.Fires(new(BreakerState.Closed, slow.Call(failed: true, Clock.LongestTicks), 0, slow)))
        {
            yield return $"The rule {Tripper} fires on the first call that fails or is slow. Combine its rates with MinRequests.";
        }
    }

    /// <summary>Finds slow thresholds beyond the lease: a call between the two is not slow, but fails as a probe.</summary>
    private IEnumerable<string> FindShortLease()
    {
        var longest = Tripper.Leaves.Select(leaf => leaf.SlowThreshold).OfType<TimeSpan>().DefaultIfEmpty().Max();
        if (ProbeLease > TimeSpan.Zero && longest > ProbeLease && longest <= Clock.Longest)
        {
            yield return $"ProbeLease {RuleText.Duration(ProbeLease)} is shorter than the slow-call duration {RuleText.Duration(longest)} of the rule. A probe that takes longer than its lease fails, although it is not slow.";
        }
    }

    private List<string> Inspect(out string? dead)
    {
        var whileClosed = new Dictionary<string, string>(StringComparer.Ordinal);
        var whileHalfOpen = new Dictionary<string, string>(StringComparer.Ordinal);
        dead = Tripper.ReasonNeverFires(BreakerState.Closed, Window.Capacity, whileClosed);
        Tripper.ReasonNeverFires(BreakerState.HalfOpen, Window.Capacity, whileHalfOpen);
        return
        [
            .. whileClosed
                .Where(branch => whileHalfOpen.ContainsKey(branch.Key))
                .Select(branch => $"The branch {branch.Key} of the rule can never fire while the circuit is closed: {branch.Value}."),
        ];
    }
}
