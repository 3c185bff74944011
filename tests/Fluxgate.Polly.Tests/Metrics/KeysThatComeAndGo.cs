using System.Runtime.CompilerServices;

namespace Fluxgate;

/// <summary>The series of keys and groups that appear, disappear and return.</summary>
public sealed class KeysThatComeAndGo
{
    private const string KeyState = "circuit_breaker_key_state";
    private const string KeyFailures = "circuit_breaker_key_failures_total";

    private readonly BreakerMetrics _metrics = new();

    [Fact]
    public void A_group_with_more_keys_than_series_is_collected()
    {
        var reference = Abandoned();
        for (var i = 0; i < 50 && reference.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(reference.IsAlive);

        [MethodImpl(MethodImplOptions.NoInlining)]
        WeakReference Abandoned()
        {
            var group = new BreakerGroup("tenants", new() { Listeners = { _metrics } }, new() { MaxKeySeries = 1 }, new VirtualTime());
            group.GetOrAdd("a").Admit().Settle(Verdict.Success);
            group.GetOrAdd("b").Admit().Settle(Verdict.Success);
            Read(KeyState);
            return new(group);
        }
    }

    [Fact]
    public void A_reading_references_no_breaker()
    {
        var (reference, reading) = Abandoned();
        for (var i = 0; i < 50 && reference.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(reference.IsAlive);
        GC.KeepAlive(reading);

        [MethodImpl(MethodImplOptions.NoInlining)]
        (WeakReference, MetricsReading) Abandoned()
        {
            var group = new BreakerGroup("tenants", new() { Listeners = { _metrics } }, timeProvider: new VirtualTime());
            group.GetOrAdd("a").Admit().Settle(Verdict.Success);
            return (new(group), _metrics.Read());
        }
    }

    [Theory]
    [InlineData('x', 300)]
    [InlineData('\ud800', 1)]
    [InlineData('x', 3)]
    public void A_key_that_is_shown_keeps_its_place(char character, int length)
    {
        var (shown, other) = ("a" + new string(character, length), "b" + new string(character, length));
        var world = With(new() { MaxKeySeries = 1 });
        world.Call(shown);
        world.Call(other);
        Assert.StartsWith("a", ShownKey(), StringComparison.Ordinal);

        world.Fail(other, calls: 1);

        Assert.StartsWith("a", ShownKey(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_group_whose_override_alone_has_metrics_disappears_with_its_disposal()
    {
        var group = new BreakerGroup(
            "tenants",
            options: new() { Overrides = { ["acme"] = new() { Listeners = { _metrics } } } },
            timeProvider: new VirtualTime()
        );
        group.GetOrAdd("acme");
        Assert.Equal(["tenants"], _metrics.Read().Circuits);

        group.Dispose();

        Assert.Empty(_metrics.Read().Circuits);
        GC.KeepAlive(group);
    }

    [Fact]
    public void The_slow_calls_of_a_former_threshold_never_go_back_while_shown()
    {
        var second = TimeSpan.FromSeconds(1);
        var world = With(tripper: Tripper.SlowRate(1, second) & Tripper.MinRequests(9));
        Slow("acme");
        world.Wait(TimeSpan.FromMinutes(20));
        Assert.True(SpinWait.SpinUntil(() => world.Group.Snapshot().Count == 0, TimeSpan.FromSeconds(20)));
        Slow("globex");
        Assert.Equal([("1", 2d)], Read("circuit_breaker_slow_total"));

        world.Group.Reconfigure(
            new() { Tripper = Tripper.SlowRate(1, TimeSpan.FromSeconds(5)) & Tripper.MinRequests(9), Listeners = { _metrics } }
        );

        Assert.DoesNotContain(Read("circuit_breaker_slow_total"), slow => slow is { Labels: "1", Value: < 2 });

        void Slow(string key) => world.Group.GetOrAdd(key).Admit().Settle(Verdict.Success, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void Increase_includes_failures_of_a_key_that_returns_between_readings()
    {
        var world = With(new() { IdleTimeout = TimeSpan.FromSeconds(10) });
        Read(KeyFailures);
        world.Fail("acme", calls: 1);
        Read(KeyFailures);
        List<double> values = [Read(KeyFailures).Single().Value];

        world.Time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(1, world.Now.Evicted);
        world.Fail("acme", calls: 2);
        values.AddRange(Read(KeyFailures).Select(key => key.Value));
        values.AddRange(Read(KeyFailures).Select(key => key.Value));

        Assert.Equal(2, Increase(values));
    }

    [Fact]
    public void A_breaker_of_the_groups_name_does_not_hide_the_families_of_the_group()
    {
        var world = With();
        world.Fail("acme");
        using var breaker = new FluxgateBreaker("tenants", new() { Listeners = { _metrics } }, world.Time);

        Assert.NotEmpty(Read(KeyState));
        GC.KeepAlive(world);
    }

    private static double Increase(List<double> values)
    {
        var sum = 0d;
        for (var i = 1; i < values.Count; i++)
        {
            sum += values[i] >= values[i - 1] ? values[i] - values[i - 1] : values[i];
        }

        return sum;
    }

    private GroupWorld With(BreakerGroupOptions? options = null, Tripper? tripper = null) =>
        new(options, new() { Tripper = tripper ?? Tripper.FailureStreak(3), Listeners = { _metrics } });

    private string ShownKey() => Read(KeyState).Where(state => state.Value == 1).Select(state => state.Labels.Split(' ')[0]).Single();

    private (string Labels, double Value)[] Read(string name)
    {
        var reading = _metrics.Read();
        var family = reading.Families.Single(family => family.Name == name);
        var samples = new MetricSamples();
        var all = new List<(string, double)>();
        for (var circuit = 0; circuit < reading.CircuitsOf(family); circuit++)
        {
            reading.Read(family, circuit, samples);
            foreach (var sample in samples.All)
            {
                all.Add((string.Join(' ', Enumerable.Range(0, family.Labels.Count).Select(i => sample.Labels[i])), sample.Value));
            }
        }

        return [.. all];
    }
}
