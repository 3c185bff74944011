namespace Fluxgate;

public sealed class SettingsErrors
{
    [Fact]
    public void Valid_settings_have_no_errors() => Assert.Empty(new FluxgateBreakerSettings().Errors);

    [Fact]
    public void All_errors_are_returned_together()
    {
        var settings = new FluxgateBreakerSettings
        {
            Tripper = Tripper.MinRequests(20),
            Window = Window.Count(10),
            Permit = null!,
            ProbeLease = TimeSpan.Zero,
            InitialState = (BreakerState)9,
        };
        Assert.Collection(
            settings.Errors,
            error => Assert.Equal("Permit must not be null.", error),
            error => Assert.Equal("ProbeLease must be greater than zero, but is 00:00:00.", error),
            error => Assert.Equal("InitialState must be one of the six breaker states, but is 9.", error),
            error => Assert.StartsWith("Tripper can never fire while the circuit is closed", error)
        );
    }

    [Fact]
    public void A_missing_part_is_one_error()
    {
        Assert.Equal(["Tripper must not be null."], new FluxgateBreakerSettings { Tripper = null! }.Errors);
        Assert.Equal(["Window must not be null."], new FluxgateBreakerSettings { Window = null! }.Errors);
    }
}
