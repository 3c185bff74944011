using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Fluxgate;

/// <summary>The SDK of OpenTelemetry collects the meter.</summary>
[Collection("Meters")]
public sealed class OpenTelemetryExport : IDisposable
{
    private readonly VirtualTime _time = new();
    private readonly BreakerMeter _meter;
    private readonly Exported _exported = new();
    private readonly MeterProvider _provider;

    public OpenTelemetryExport()
    {
        _meter = new(catalog: null, _time);
        _provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter(BreakerMeter.Name)
            .AddReader(new BaseExportingMetricReader(_exported) { TemporalityPreference = MetricReaderTemporalityPreference.Cumulative })
            .Build();
    }

    public void Dispose()
    {
        _provider.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void Every_family_is_exported_with_its_type_and_unit()
    {
        var world = new World(
            new()
            {
                Tripper = Tripper.FailureStreak(1) | Tripper.SlowRate(1, TimeSpan.FromSeconds(9)),
                Listeners = { new MeteringListener(_meter) },
            }
        );
        using var group = new BreakerGroup("tenants", new() { Listeners = { new MeteringListener(_meter) } });
        group.GetOrAdd("acme");
        world.Take(TimeSpan.FromSeconds(1));
        world.Begin();
        Collect();
        var closed = _exported.Metrics.Keys.ToHashSet(StringComparer.Ordinal);
        world.Fail();
        Collect();

        Assert.Equal(
            _meter.Breakers.Families.Select(family => family.InstrumentName).Order(StringComparer.Ordinal),
            _exported.Metrics.Keys.Union(closed).Order(StringComparer.Ordinal)
        );
        foreach (var family in _meter.Breakers.Families.Where(family => _exported.Metrics.ContainsKey(family.InstrumentName)))
        {
            var (type, unit) = _exported.Metrics[family.InstrumentName];
            Assert.Equal(
                family.Type switch
                {
                    MetricType.Counter => MetricType.Counter.ToString(),
                    MetricType.Histogram => MetricType.Histogram.ToString(),
                    _ => MetricType.Gauge.ToString(),
                },
                type switch
                {
                    OpenTelemetry.Metrics.MetricType.DoubleSum => MetricType.Counter.ToString(),
                    OpenTelemetry.Metrics.MetricType.Histogram => MetricType.Histogram.ToString(),
                    OpenTelemetry.Metrics.MetricType.DoubleGauge => MetricType.Gauge.ToString(),
                    _ => type.ToString(),
                }
            );
            Assert.Equal(family.Unit is "seconds" ? "s" : "", unit);
        }
    }

    [Fact]
    public void Values_equal_the_snapshot_and_counters_are_cumulative()
    {
        var world = new World(new() { Tripper = Tripper.FailureStreak(3), Listeners = { new MeteringListener(_meter) } });
        world.Succeed(4);
        Collect();
        Assert.Equal(4, _exported["circuit_breaker.successes", "circuit_name=payments"]);

        world.Succeed(2);
        world.Fail(3);
        world.Rejects(7);
        Collect();

        Assert.Equal(6, _exported["circuit_breaker.successes", "circuit_name=payments"]);
        Assert.Equal(3, _exported["circuit_breaker.failures", "circuit_name=payments"]);
        Assert.Equal(world.Now.Requests, _exported["circuit_breaker.requests", "circuit_name=payments"]);
        Assert.Equal(7, _exported["circuit_breaker.rejected", "circuit_name=payments,state=open"]);
        Assert.Equal(1, _exported["circuit_breaker.state_transition", "circuit_name=payments,new_state=open,old_state=closed"]);
        Assert.Equal(1, _exported["circuit_breaker.state", "circuit_name=payments,state=open"]);
        Assert.Equal(0, _exported["circuit_breaker.state", "circuit_name=payments,state=closed"]);
        Assert.Equal(1, _exported["circuit_breaker.state_code", "circuit_name=payments"]);
    }

    [Fact]
    public void A_group_is_exported_with_its_sums_and_its_keys()
    {
        using var group = new BreakerGroup(
            "tenants",
            new() { Tripper = Tripper.FailureStreak(2), Listeners = { new MeteringListener(_meter) } },
            new() { MaxBreakers = 2 }
        );
        foreach (var key in (string[])["acme", "acme", "zeta", "newcomer"])
        {
            group.GetOrAdd(key).Admit().Settle(Verdict.Failure);
        }

        Collect();

        Assert.Equal(4, _exported["circuit_breaker.failures", "circuit_name=tenants"]);
        Assert.Equal(1, _exported["circuit_breaker.group_circuits", "circuit_name=tenants,state=open"]);
        Assert.Equal(1, _exported["circuit_breaker.group_circuits", "circuit_name=tenants,state=closed"]);
        Assert.Equal(1, _exported["circuit_breaker.group_shared_calls", "circuit_name=tenants,reason=no_place"]);
        Assert.Equal(1, _exported["circuit_breaker.key_state", "circuit_name=tenants,key=acme,state=open"]);
        Assert.Equal(2, _exported["circuit_breaker.key_failures", "circuit_name=tenants,key=acme"]);
        Assert.False(_exported.Has("circuit_breaker.state", "circuit_name=tenants,state=open"));
    }

    [Fact]
    public void Durations_are_exported_in_the_buckets_of_the_catalog()
    {
        var world = new World(new() { Listeners = { new MeteringListener(_meter) } });
        world.Take(TimeSpan.FromMilliseconds(30));
        world.Take(TimeSpan.FromSeconds(2));
        world.Take(TimeSpan.FromSeconds(20));
        Collect();

        var (buckets, sum) = _exported.Histograms["circuit_name=payments,state=closed"];

        Assert.Equal(22.03, sum, precision: 9);
        Assert.Equal(3, buckets.Sum(bucket => bucket.Count));
#if NET9_0_OR_GREATER
        Assert.Equal([.. DurationBuckets.Default.Seconds, double.PositiveInfinity], buckets.Select(bucket => bucket.Bound));
        Assert.Equal([0.05, 2.5, double.PositiveInfinity], buckets.Where(bucket => bucket.Count > 0).Select(bucket => bucket.Bound));
#endif
    }

    [Fact]
    public void A_disposed_breaker_is_no_longer_exported()
    {
        var world = new World(new() { Listeners = { new MeteringListener(_meter) } });
        var kept = new World(new() { Listeners = { new MeteringListener(_meter) } }, "orders");
        Collect();
        world.Breaker.Dispose();
        kept.Breaker.Trip();
        Collect();
        Collect();

        Assert.Equal(1, _exported["circuit_breaker.state", "circuit_name=orders,state=open"]);
        Assert.False(_exported.Has("circuit_breaker.state", "circuit_name=payments,state=closed"));
    }

    private void Collect()
    {
        _exported.Clear();
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(_provider.ForceFlush());
    }

    /// <summary>Copies what the last collection exported: the SDK reuses metric points.</summary>
    private sealed class Exported : BaseExporter<Metric>
    {
        private readonly Dictionary<(string Metric, string Tags), double> _numbers = [];

        public Dictionary<string, (OpenTelemetry.Metrics.MetricType Type, string Unit)> Metrics { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, (List<(double Bound, long Count)> Buckets, double Sum)> Histograms { get; } = new(StringComparer.Ordinal);

        public double this[string metric, string tags] => _numbers[(metric, tags)];

        public bool Has(string metric, string tags) => _numbers.ContainsKey((metric, tags));

        public void Clear()
        {
            _numbers.Clear();
            Metrics.Clear();
            Histograms.Clear();
        }

        public override ExportResult Export(in Batch<Metric> batch)
        {
            foreach (var metric in batch)
            {
                Metrics[metric.Name] = (metric.MetricType, metric.Unit);
                foreach (ref readonly var point in metric.GetMetricPoints())
                {
                    Read(metric, point);
                }
            }

            return ExportResult.Success;
        }

        private void Read(Metric metric, in MetricPoint point)
        {
            var pairs = new List<string>();
            foreach (var (key, value) in point.Tags)
            {
                pairs.Add($"{key}={value}");
            }

            var tags = string.Join(",", pairs.Order(StringComparer.Ordinal));
            switch (metric.MetricType)
            {
                case OpenTelemetry.Metrics.MetricType.Histogram:
                    var buckets = new List<(double, long)>();
                    foreach (var bucket in point.GetHistogramBuckets())
                    {
                        buckets.Add((bucket.ExplicitBound, bucket.BucketCount));
                    }

                    Histograms[tags] = (buckets, point.GetHistogramSum());
                    break;
                case OpenTelemetry.Metrics.MetricType.DoubleSum:
                    _numbers[(metric.Name, tags)] = point.GetSumDouble();
                    break;
                default:
                    _numbers[(metric.Name, tags)] = point.GetGaugeLastValueDouble();
                    break;
            }
        }
    }
}
