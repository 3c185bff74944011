namespace Fluxgate.Rules;

/// <summary>The rule is 20 calls and 50 %.</summary>
public sealed class VetoRules
{
    [Theory]
    [InlineData(20, 0, true)]
    [InlineData(20, 4, true)]
    [InlineData(20, 5, false)]
    [InlineData(19, 0, false)]
    [InlineData(0, 0, false)]
    public void A_member_with_enough_calls_and_few_failures_does_not_follow(long requests, long failures, bool stays)
    {
        Assert.Equal(stays, Veto.Applies(FleetRules.Default, BreakerRule.Of(20, 0.5), new(requests, failures)));
    }

    [Fact]
    public void A_factor_of_0_is_no_veto()
    {
        Assert.False(Veto.Applies(FleetRules.Default with { VetoFactor = 0 }, BreakerRule.Of(20, 0.5), new(100, 0)));
    }
}
