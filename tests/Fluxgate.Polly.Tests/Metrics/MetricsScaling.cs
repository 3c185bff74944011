namespace Fluxgate;

/// <summary>No operation of the metrics for one breaker iterates over all breakers (trap F22).</summary>
public sealed class MetricsScaling
{
    private const int Size = 250;

    private static readonly FluxgateBreaker[] OfOneName =
    [
        .. Enumerable.Range(0, Growth.Factor * Size).Select(_ => new FluxgateBreaker("payments")),
    ];
    private static readonly FluxgateBreaker[] OfTheirOwnNames =
    [
        .. Enumerable.Range(0, Growth.Factor * Size).Select(number => new FluxgateBreaker($"breaker-{number}")),
    ];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Attaching_takes_the_same_time_for_each_breaker(bool ofOneName) =>
        Assert.InRange(
            Growth.OfTime(
                Size,
                count =>
                {
                    var (metrics, breakers) = (new BreakerMetrics(), Breakers(count, ofOneName));
                    return () => Array.ForEach(breakers, metrics.OnAttached);
                }
            ),
            0,
            Growth.MostOfTime
        );

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void Detaching_takes_the_same_time_for_each_breaker(bool ofOneName, bool oldestFirst) =>
        Assert.InRange(
            Growth.OfTime(
                Size,
                count =>
                {
                    var (metrics, breakers) = (new BreakerMetrics(), Breakers(count, ofOneName));
                    Array.ForEach(breakers, metrics.OnAttached);
                    if (!oldestFirst)
                    {
                        Array.Reverse(breakers);
                    }

                    return () => Array.ForEach(breakers, metrics.OnDetached);
                }
            ),
            0,
            Growth.MostOfTime
        );

    // As a pipeline that reloads does, while the old breakers are still referenced.
    [Fact]
    public void Replacing_takes_the_same_time_for_each_breaker() =>
        Assert.InRange(
            Growth.OfTime(
                Size,
                count =>
                {
                    var (metrics, breakers) = (new BreakerMetrics(), Breakers(count, ofOneName: true));
                    metrics.OnAttached(breakers[0]);
                    return () =>
                    {
                        for (var i = 1; i < breakers.Length; i++)
                        {
                            metrics.OnAttached(breakers[i]);
                            metrics.OnDetached(breakers[i - 1]);
                        }
                    };
                }
            ),
            0,
            Growth.MostOfTime
        );

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Reading_takes_the_same_time_for_each_breaker(bool ofOneName) =>
        Assert.InRange(
            Growth.OfTime(
                Size,
                count =>
                {
                    var (metrics, breakers) = (new BreakerMetrics(), Breakers(count, ofOneName));
                    Array.ForEach(breakers, metrics.OnAttached);
                    return () =>
                    {
                        ReadAll(metrics);
                        GC.KeepAlive(breakers);
                    };
                }
            ),
            0,
            Growth.MostOfTime
        );

    [Fact]
    public void Gauges_are_those_of_the_newest_remaining_breaker()
    {
        var metrics = new BreakerMetrics();
        FluxgateBreaker[] breakers = [.. Enumerable.Range(0, 4).Select(_ => new FluxgateBreaker("payments"))];
        Array.ForEach(breakers, metrics.OnAttached);
        breakers[1].Trip();

        metrics.OnDetached(breakers[3]);
        metrics.OnDetached(breakers[0]);
        Assert.Equal("closed", StateOf(metrics));
        metrics.OnDetached(breakers[2]);
        Assert.Equal("open", StateOf(metrics));
        metrics.OnDetached(breakers[1]);
        Assert.Empty(metrics.Read().Circuits);
        GC.KeepAlive(breakers);
    }

    private static FluxgateBreaker[] Breakers(int count, bool ofOneName) => (ofOneName ? OfOneName : OfTheirOwnNames)[..count];

    private static void ReadAll(BreakerMetrics metrics)
    {
        var reading = metrics.Read();
        var samples = new MetricSamples();
        foreach (var family in reading.Families)
        {
            for (var circuit = 0; circuit < reading.CircuitsOf(family); circuit++)
            {
                reading.Read(family, circuit, samples);
            }
        }
    }

    private static string StateOf(BreakerMetrics metrics)
    {
        var reading = metrics.Read();
        var samples = new MetricSamples();
        reading.Read(reading.Families.Single(family => family.Name is "circuit_breaker_state"), 0, samples);
        return samples.All.ToArray().Single(sample => sample.Value > 0).Labels[0]!;
    }
}
