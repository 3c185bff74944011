using static Fluxgate.Broken;

namespace Fluxgate;

/// <summary>A composed part starts each of its leaves: phases must not share a leaf with state.</summary>
public sealed class StartedParts
{
    private static readonly OwnTripper StartedRule = new();
    private static readonly OwnTripper Rule = new(start: () => StartedRule);
    private static readonly OwnPermit StartedPermit = new();
    private static readonly OwnPermit PermitWithState = new(start: () => StartedPermit);
    private static readonly OwnRecovery StartedRecovery = new();
    private static readonly OwnRecovery RecoveryWithState = new(start: () => StartedRecovery);

    [Fact]
    public void Both_rules_start_the_leaf_on_the_left() =>
        Assert.Equal([StartedRule, Tripper.Closed], (Rule & Tripper.Closed).Start().Leaves);

    [Fact]
    public void Both_rules_start_the_leaf_on_the_right() =>
        Assert.Equal([Tripper.Closed, StartedRule], (Tripper.Closed & Rule).Start().Leaves);

    [Fact]
    public void Either_rule_starts_the_leaf_on_the_left() =>
        Assert.Equal([StartedRule, Tripper.Closed], (Rule | Tripper.Closed).Start().Leaves);

    [Fact]
    public void Either_rule_starts_the_leaf_on_the_right() =>
        Assert.Equal([Tripper.Closed, StartedRule], (Tripper.Closed | Rule).Start().Leaves);

    [Fact]
    public void A_started_rule_has_the_same_composition()
    {
        var rule = (Rule & Tripper.Closed) | (Tripper.HalfOpened & Rule);

        Assert.Equal(rule.ToString(), rule.Start().ToString());
    }

    [Fact]
    public void A_rule_without_state_starts_as_itself()
    {
        var rule = Tripper.Closed & (Tripper.FailureRate(0.5) | Tripper.FailureStreak(3));

        Assert.Same(rule, rule.Start());
    }

    [Fact]
    public void Both_permits_start_the_leaf_on_the_left() =>
        Assert.Equal([StartedPermit, Permit.All], (PermitWithState & Permit.All).Start().Leaves);

    [Fact]
    public void Both_permits_start_the_leaf_on_the_right() =>
        Assert.Equal([Permit.All, StartedPermit], (Permit.All & PermitWithState).Start().Leaves);

    [Fact]
    public void Both_recoveries_start_the_leaf_on_the_left() =>
        Assert.Equal([StartedRecovery, Recovery.WhenQuiet], (RecoveryWithState & Recovery.WhenQuiet).Start().Leaves);

    [Fact]
    public void Both_recoveries_start_the_leaf_on_the_right() =>
        Assert.Equal([Recovery.WhenQuiet, StartedRecovery], (Recovery.WhenQuiet & RecoveryWithState).Start().Leaves);

    [Fact]
    public void A_composed_recovery_without_state_starts_as_itself()
    {
        var recovery = Recovery.WhenQuiet & Recovery.AfterProbes(3);

        Assert.Same(recovery, recovery.Start());
    }
}
