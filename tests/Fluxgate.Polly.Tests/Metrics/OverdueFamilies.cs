namespace Fluxgate;

/// <summary>Checks the families of calls that hang.</summary>
public sealed class OverdueFamilies
{
    private const string Overdue = "circuit_breaker_overdue";
    private const string Oldest = "circuit_breaker_oldest_in_flight_seconds";

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly BreakerMetrics _metrics = new();

    [Fact]
    public void Overdue_calls_are_counted_for_each_threshold()
    {
        var world = WithRule(Slow(Second) | Slow(5 * Second));
        world.Ask(2);
        world.Wait(3);
        world.Ask(1);
        world.Wait(3);

        Assert.Equal([("1", 3d), ("5", 2d)], Read(Overdue));
    }

    [Fact]
    public void The_series_starts_at_0_with_an_empty_window()
    {
        var world = WithRule(Slow(Second));

        Assert.Equal([("1", 0d)], Read(Overdue));
        GC.KeepAlive(world);
    }

    [Fact]
    public void A_threshold_that_the_rule_no_longer_has_has_no_series()
    {
        var world = WithRule(Slow(Second) | Slow(5 * Second));
        world.Ask(1);
        world.Wait(10);

        Reconfigure(world, Slow(5 * Second));
        Assert.Equal([("5", 0d)], Read(Overdue));

        Reconfigure(world, Tripper.FailureStreak(3));
        Assert.Empty(Read(Overdue));
    }

    [Fact]
    public void A_circuit_that_opened_shows_the_calls_that_still_hang()
    {
        var world = WithRule(Slow(Second));
        var hanging = world.Ask(1)[0];
        world.Breaker.Trip();
        world.Wait(3);
        Assert.Equal([("1", 1d)], Read(Overdue));

        hanging.Settle(Verdict.Failure);
        Assert.Equal([("1", 0d)], Read(Overdue));
    }

    [Fact]
    public void The_age_of_the_oldest_call_is_absent_without_a_call()
    {
        var world = WithRule(Slow(12 * Second));
        Assert.Empty(Read(Oldest));

        var (first, second) = (world.Begin(), Later());
        Assert.InRange(Assert.Single(Read(Oldest)).Value, 2, 3);

        first.Settle(Verdict.Success);
        world.Wait(4);
        Assert.InRange(Assert.Single(Read(Oldest)).Value, 3, 4);

        second.Settle(Verdict.Success);
        Assert.Empty(Read(Oldest));

        Admission Later()
        {
            world.Wait(3);
            return world.Begin();
        }
    }

    [Theory]
    [InlineData(BreakerState.Open)]
    [InlineData(BreakerState.HalfOpen)]
    [InlineData(BreakerState.Disabled)]
    public void The_age_is_absent_in_every_state_once_the_rule_has_no_slow_threshold(BreakerState state)
    {
        var world = WithRule(Slow(Second));
        world.Ask(1);
        MoveTo(world.Breaker, state);
        world.Wait(3);
        Assert.Single(Read(Oldest));

        Reconfigure(world, Tripper.FailureStreak(3));
        Assert.Empty(Read(Oldest));
    }

    [Fact]
    public void A_rule_without_a_slow_threshold_has_neither_family()
    {
        var world = WithRule(Tripper.FailureStreak(3));
        world.Ask(1);
        world.Wait(10);

        Assert.Empty(Read(Overdue).Concat(Read(Oldest)));
    }

    // It needs more calls than these tests make, so that it never fires.
    private static Tripper Slow(TimeSpan threshold) => Tripper.MinRequests(50) & Tripper.SlowRate(1, threshold);

    private World WithRule(Tripper tripper) => new(new() { Tripper = tripper, Listeners = { _metrics } });

    private static void MoveTo(FluxgateBreaker breaker, BreakerState state)
    {
        switch (state)
        {
            case BreakerState.Open:
                breaker.Trip();
                break;
            case BreakerState.HalfOpen:
                breaker.Probe();
                break;
            default:
                breaker.Disable();
                break;
        }
    }

    private static void Reconfigure(World world, Tripper tripper)
    {
        var settings = world.Breaker.CopySettings();
        settings.Tripper = tripper;
        world.Breaker.Reconfigure(settings);
    }

    /// <summary>Returns the label, or an empty string, and the value of each series.</summary>
    private List<(string Label, double Value)> Read(string name)
    {
        var family = _metrics.Families.Single(family => family.Name == name);
        var samples = new MetricSamples();
        _metrics.Read().Read(family, 0, samples);
        return [.. samples.All.ToArray().Select(sample => (sample.Labels.First ?? "", sample.Value))];
    }
}
