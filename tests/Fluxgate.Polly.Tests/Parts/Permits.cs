namespace Fluxgate;

public sealed class Permits
{
    private static readonly TimeSpan Ramp = TimeSpan.FromSeconds(60);

    [Fact]
    public void All_admits_every_call() => Assert.True(Permit.All.Admits(new(TimeSpan.Zero, inFlight: 1000, attempts: 1000)));

    [Theory]
    [InlineData(0, true)]
    [InlineData(0.2999, true)]
    [InlineData(0.3, false)]
    [InlineData(0.9999, false)]
    public void Random_admits_random_numbers_below_its_ratio(double chance, bool admits) =>
        Assert.Equal(admits, Permit.Random(0.3).Admits(new(TimeSpan.Zero, randomizer: () => chance)));

    [Fact]
    public void A_ratio_of_one_admits_every_call() =>
        Assert.True(Permit.Random(1).Admits(new(TimeSpan.Zero, randomizer: () => 0.9999999999999999)));

    [Theory]
    [InlineData(0, 0.2)]
    [InlineData(25, 0.3)]
    [InlineData(50, 0.4)]
    [InlineData(100, 0.6)]
    [InlineData(200, 0.6)]
    public void A_ramp_grows_linearly_and_stays_at_its_final_ratio(int percentOfItsTime, double ratio)
    {
        var (permit, elapsed) = (Permit.RampUp(0.2, 0.6, Ramp), Ramp * percentOfItsTime / 100);

        Assert.True(permit.Admits(new(elapsed, randomizer: () => ratio - 0.0001)));
        Assert.False(permit.Admits(new(elapsed, randomizer: () => ratio + 0.0001)));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(200)]
    public void A_ramp_to_one_ends_with_admitting_every_call(int percentOfItsTime) =>
        Assert.True(Permit.RampUp(0.1, 1, Ramp).Admits(new(Ramp * percentOfItsTime / 100, randomizer: () => 0.9999999999999999)));

    [Fact]
    public void Only_a_ramp_delays_recovery()
    {
        Assert.Equal(Ramp, Permit.RampUp(0.1, 1, Ramp).RecoveryDelay);
        Assert.All([Permit.All, Permit.Random(0.1), Permit.MaxConcurrent(1)], permit => Assert.Equal(TimeSpan.Zero, permit.RecoveryDelay));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(4, false)]
    public void MaxConcurrent_admits_while_fewer_are_in_flight(int inFlight, bool admits) =>
        Assert.Equal(admits, Permit.MaxConcurrent(3).Admits(new(TimeSpan.Zero, inFlight)));

    [Theory]
    [InlineData(0.1, 0, true)]
    [InlineData(0.9, 0, false)]
    [InlineData(0.1, 3, false)]
    [InlineData(0.9, 3, false)]
    public void And_admits_what_both_admit(double chance, int inFlight, bool admits) =>
        Assert.Equal(admits, (Permit.Random(0.5) & Permit.MaxConcurrent(3)).Admits(new(TimeSpan.Zero, inFlight, randomizer: () => chance)));

    [Fact]
    public void And_takes_the_stricter_bound_and_the_longer_ramp()
    {
        var both = Permit.MaxConcurrent(5) & Permit.RampUp(0.1, 1, Ramp) & Permit.MaxConcurrent(3) & Permit.RampUp(0.1, 1, Ramp / 2);

        Assert.Equal((3, Ramp), (both.MostInFlight, both.RecoveryDelay));
        Assert.Null((Permit.All & Permit.Random(0.5)).MostInFlight);
    }

    [Fact]
    public void A_permit_without_state_starts_as_itself()
    {
        var permit = Permit.Random(0.5) & Permit.MaxConcurrent(3);

        Assert.Same(permit, permit.Start());
    }
}
