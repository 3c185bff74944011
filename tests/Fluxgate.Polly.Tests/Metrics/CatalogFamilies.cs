using System.Diagnostics;

namespace Fluxgate;

public sealed class CatalogFamilies
{
    private static readonly MetricFamily Opened = MetricFamily.Signals(
        "circuit_breaker_open_total",
        "How often the circuit opened.",
        signal => signal.NewState == BreakerState.Open
    );

    [Fact]
    public void Adding_a_family_twice_is_a_no_op()
    {
        var metrics = new BreakerMetrics();

        Assert.True(metrics.Add(Opened));
        Assert.False(metrics.Add(Opened));
        Assert.False(metrics.Add(MetricFamily.Signals("circuit_breaker_open_total", "Another text.", _ => true)));

        Assert.Single(metrics.Families, family => family.Name is "circuit_breaker_open_total");
    }

    [Fact]
    public void A_different_family_of_the_same_name_throws()
    {
        var metrics = new BreakerMetrics();

        AssertRefused(MetricFamily.Gauge("circuit_breaker_state", "Help.", now => 1));
        AssertRefused(MetricFamily.Gauge("circuit_breaker_requests", "Help.", now => 1));
        AssertRefused(MetricFamily.Counter("circuit_breaker_requests_total", "Help.", () => 1));
        AssertRefused(MetricFamily.Counter("circuit_breaker_requests_total", "Help.", ["kind"], (_, _) => { }));

        void AssertRefused(MetricFamily family) =>
            Assert.Contains(family.Name, Assert.Throws<ArgumentException>(() => metrics.Add(family)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_catalog_is_copied()
    {
        var catalog = new MetricCatalog();
        var metrics = new BreakerMetrics(catalog);

        catalog.Clear();
        catalog.ConstantLabels["service"] = "shop";

        Assert.Equal(new MetricCatalog().Select(family => family.Name), metrics.Families.Select(family => family.Name));
        Assert.Empty(metrics.ConstantLabels);
    }

    [Fact]
    public void Each_family_can_be_removed()
    {
        var catalog = new MetricCatalog();

        Assert.True(catalog.Remove("circuit_breaker_stale_total"));
        Assert.False(catalog.Remove("circuit_breaker_stale_total"));
        Assert.Equal(new MetricCatalog().Count - 1, catalog.Count);
        Assert.DoesNotContain(new BreakerMetrics(catalog).Families, family => family.Name is "circuit_breaker_stale_total");
    }

    [Fact]
    public void Without_a_histogram_no_durations_are_requested()
    {
        var without = new MetricCatalog();
        without.Remove("circuit_breaker_request_duration_seconds");

        Assert.Null(new BreakerMetrics(without).DurationBuckets);
        Assert.Null(new BreakerMetrics(new() { DurationBuckets = null }).DurationBuckets);
        Assert.Equal(DurationBuckets.Default, new BreakerMetrics().DurationBuckets);
    }

    [Fact]
    public void Signals_are_counted_from_zero_for_each_circuit()
    {
        var metrics = new BreakerMetrics();
        metrics.Add(Opened);
        var payments = new World(new() { Listeners = { metrics } });
        var kept = new World(new() { Listeners = { metrics } }, "orders");
        Assert.Equal([("orders", 0d), ("payments", 0d)], Read(metrics, Opened));

        payments.Breaker.Trip();
        payments.Breaker.Reset();
        payments.Breaker.Trip();

        Assert.Equal([("orders", 0d), ("payments", 2d)], Read(metrics, Opened));
        GC.KeepAlive(kept);
        GC.KeepAlive(payments);
    }

    [Fact]
    public void A_family_whose_callback_throws_is_omitted_and_reported()
    {
        var failing = MetricFamily.Gauge("orders_waiting", "Help.", () => throw new TimeoutException());
        var ofCircuits = MetricFamily.Gauge("circuit_breaker_mood", "Help.", (BreakerSnapshot _) => throw new TimeoutException());
        var errors = new List<(MetricFamily, Type)>();
        var catalog = new MetricCatalog { OnError = (family, error) => errors.Add((family, error.GetType())) };
        catalog.Add(failing);
        catalog.Add(ofCircuits);
        var metrics = new BreakerMetrics(catalog);
        var world = new World(new() { Listeners = { metrics } });

        Assert.Empty(Read(metrics, failing));
        Assert.Empty(Read(metrics, ofCircuits));

        Assert.Equal([(failing, typeof(TimeoutException))], errors);
        Assert.Equal(1, world.Now.UserErrors(UserErrorSource.Metric));
        Assert.IsType<TimeoutException>(Assert.Single(world.Notices.OfType<UserErrorNotice>()).Error);
    }

    [Fact]
    public void Errors_without_a_callback_are_traced()
    {
        using var received = new StringWriter();
        using var listener = new TextWriterTraceListener(TextWriter.Synchronized(received));
        Trace.Listeners.Add(listener);
        try
        {
            var failing = MetricFamily.Gauge("orders_lost", "Help.", () => throw new TimeoutException("no answer"));
            var metrics = new BreakerMetrics();
            metrics.Add(failing);
            Assert.Empty(Read(metrics, failing));
        }
        finally
        {
            Trace.Listeners.Remove(listener);
        }

        Assert.Contains(
            "The metric orders_lost is omitted from this reading: System.TimeoutException: no answer",
            received.ToString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void An_error_callback_that_throws_changes_nothing()
    {
        var failing = MetricFamily.Gauge("orders_waiting", "Help.", () => throw new TimeoutException());
        var metrics = new BreakerMetrics(new() { OnError = (_, _) => throw new NotSupportedException() });
        metrics.Add(failing);

        Assert.Empty(Read(metrics, failing));
    }

    [Fact]
    public void A_signal_that_one_family_fails_on_is_counted_by_the_others()
    {
        var metrics = new BreakerMetrics();
        metrics.Add(MetricFamily.Signals("circuit_breaker_choking_total", "Help.", _ => throw new TimeoutException()));
        metrics.Add(Opened);
        var world = new World(new() { Listeners = { metrics } });

        world.Breaker.Trip();

        Assert.Equal([("payments", 1d)], Read(metrics, Opened));
        Assert.Equal(1, world.Now.UserErrors(UserErrorSource.Listener));
    }

    [Fact]
    public void Samples_that_do_not_fit_their_family_throw()
    {
        AssertRefused(MetricFamily.Gauge("orders", "Help.", ["a"], samples => samples.Add(1)), "has 1 labels of its own (a), but 0 values");
        AssertRefused(MetricFamily.Gauge("orders", "Help.", ["a"], samples => samples.Add(1, "x", "y")), "but 2 values");
        AssertRefused(MetricFamily.Counter("orders_total", "Help.", () => -1), "must be at least zero, but is -1");
        AssertRefused(MetricFamily.Counter("orders_total", "Help.", () => double.NaN), "but is NaN");
        AssertRefused(MetricFamily.Histogram("orders_seconds", "Help.", [], samples => samples.Add(1)), "is a histogram");
        AssertRefused(
            MetricFamily.Gauge("orders", "Help.", [], samples => samples.Add(new DurationRecorder().Read())),
            "is not a histogram"
        );

        static void AssertRefused(MetricFamily family, string expected)
        {
            Exception? received = null;
            var metrics = new BreakerMetrics(new() { OnError = (_, error) => received = error });
            metrics.Add(family);

            Assert.Empty(Read(metrics, family));
            Assert.Contains(expected, received?.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Samples_with_equal_labels_are_added_up()
    {
        var family = MetricFamily.Gauge("orders", "Help.", ["shop"], Samples);
        var metrics = new BreakerMetrics();
        metrics.Add(family);
        var samples = new MetricSamples();

        metrics.Read().Read(family, 0, samples);

        Assert.Equal(500, samples.All.Length);
        Assert.All(samples.All.ToArray(), sample => Assert.Equal(2, sample.Value));

        static void Samples(MetricSamples samples)
        {
            for (var i = 0; i < 1000; i++)
            {
                samples.Add(1, $"shop {i % 500}");
            }
        }
    }

    [Fact]
    public void Thresholds_of_the_rule_are_named_by_kind_and_number()
    {
        var rule =
            Tripper.FailureStreak(5)
            | (
                Tripper.MinRequests(20)
                & (Tripper.FailureRate(0.5) | Tripper.FailureRate(0.9) | Tripper.SlowRate(0.3, TimeSpan.FromSeconds(1)))
            )
            | (Tripper.Closed & Tripper.AvgLatency(TimeSpan.FromMilliseconds(1500)));
        var world = new World(new() { Tripper = rule });

        Assert.Equal(
            [
                new RuleThreshold("FailureStreak", 5),
                new("MinRequests", 20),
                new("FailureRate", 0.5),
                new("FailureRate#2", 0.9),
                new("SlowRate", 0.3),
                new("AvgLatency", 1.5),
            ],
            world.Now.RuleThresholds
        );
    }

    private static List<(string Circuit, double Value)> Read(BreakerMetrics metrics, MetricFamily family)
    {
        var (reading, samples, read) = (metrics.Read(), new MetricSamples(), new List<(string, double)>());
        for (var circuit = 0; circuit < reading.CircuitsOf(family); circuit++)
        {
            reading.Read(family, circuit, samples);
            read.AddRange(samples.All.ToArray().Select(sample => (family.IsPerCircuit ? reading.Circuits[circuit] : "", sample.Value)));
        }

        return read;
    }
}
