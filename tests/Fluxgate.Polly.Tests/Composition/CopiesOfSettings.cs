namespace Fluxgate;

public sealed class CopiesOfSettings
{
    private readonly FluxgateBreakerSettings _settings = new()
    {
        Window = Window.Count(7),
        Tripper = Tripper.FailureStreak(3),
        BreakDuration = BreakDuration.None,
        Permit = Permit.All,
        Recovery = Recovery.WhenQuiet,
        ProbeLease = TimeSpan.FromSeconds(3),
        ProbeWithoutTraffic = true,
        AbandonedAfter = TimeSpan.FromSeconds(4),
        InitialState = BreakerState.MetricsOnly,
        Listeners = { _ => { } },
        ListenerQueueCapacity = 5,
        ListenerFlushTimeout = TimeSpan.FromSeconds(2),
        ProbeGate = _ => null,
        Randomizer = () => 0.5,
    };

    [Fact]
    public void A_copy_has_every_value()
    {
        var copy = _settings.Copy();
        foreach (var property in typeof(FluxgateBreakerSettings).GetProperties().Where(property => property.CanWrite))
        {
            Assert.NotEqual(property.GetValue(new FluxgateBreakerSettings()), property.GetValue(_settings));
            Assert.Equal(property.GetValue(_settings), property.GetValue(copy));
        }
    }

    [Fact]
    public void A_listener_added_to_a_copy_is_not_added_to_the_original()
    {
        var copy = _settings.Copy();

        copy.Listeners.Add(_ => { });

        Assert.Equal((1, 2), (_settings.Listeners.Count, copy.Listeners.Count));
    }
}
