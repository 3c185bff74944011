namespace Fluxgate;

public sealed class MetricNaming
{
    [Theory]
    [InlineData("")]
    [InlineData("1st_total")]
    [InlineData("orders paid_total")]
    [InlineData("orders-paid_total")]
    [InlineData("zahlungen_für_total")]
    [InlineData("job:orders_total")]
    public void An_invalid_metric_name_throws(string name)
    {
        var error = Assert.Throws<ArgumentException>(() => MetricFamily.Counter(name, "Help.", () => 1));

        Assert.Contains(
            $"letters, digits and underscores and must not start with a digit, but is '{name}'",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("orders")]
    [InlineData("_total")]
    public void A_counter_name_must_end_with_total(string name)
    {
        var error = Assert.Throws<ArgumentException>(() => MetricFamily.Counter(name, "Help.", () => 1));

        Assert.Contains($"must end with _total, but is '{name}'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("_total")]
    [InlineData("_bucket")]
    [InlineData("_count")]
    [InlineData("_sum")]
    [InlineData("_created")]
    [InlineData("_info")]
    public void A_gauge_name_must_not_end_with_the_suffix_of_another_type(string suffix)
    {
        var error = Assert.Throws<ArgumentException>(() => MetricFamily.Gauge($"orders{suffix}", "Help.", () => 1));

        Assert.Contains($"must not end with {suffix}, but is 'orders{suffix}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_histogram_of_durations_must_end_with_seconds()
    {
        var error = Assert.Throws<ArgumentException>(() => MetricFamily.Histogram("orders_duration", "Help.", new DurationRecorder()));

        Assert.Contains("must end with _seconds, but is 'orders_duration'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1st")]
    [InlineData("")]
    [InlineData("__name")]
    [InlineData("le")]
    [InlineData("quantile")]
    [InlineData("a b")]
    public void An_invalid_label_name_throws(string label)
    {
        AssertRefused(() => MetricFamily.Gauge("orders", "Help.", [label], samples => samples.Add(1, "x")));
        AssertRefused(() => new BreakerMetrics(new() { ConstantLabels = { [label] = "x" } }));
        AssertRefused(() => new BreakerMetrics(new() { LabelNames = { ["circuit_name"] = label } }));

        void AssertRefused(Func<object> make) =>
            Assert.Contains($"but is '{label}'", Assert.ThrowsAny<ArgumentException>(make).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_family_has_at_most_four_distinct_labels()
    {
        Assert.Contains(
            "orders must have at most 4 labels of its own, but has 5",
            Assert.Throws<ArgumentException>(() => MetricFamily.Gauge("orders", "Help.", ["a", "b", "c", "d", "e"], _ => { })).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<ArgumentException>(() => MetricFamily.Gauge("orders", "Help.", ["a", "a"], _ => { }));
        Assert.Throws<ArgumentException>(() => MetricFamily.Gauge("orders", "Help.", ["circuit_name"], (_, _) => { }));
    }

    [Fact]
    public void Duplicate_label_names_from_any_source_throw()
    {
        AssertTwice("state", () => new BreakerMetrics(new() { ConstantLabels = { ["state"] = "x" } }));
        AssertTwice("state", () => new BreakerMetrics(new() { LabelNames = { ["circuit_name"] = "state" } }));
        AssertTwice("state", () => new BreakerMetrics(new() { LabelNames = { ["old_state"] = "state", ["new_state"] = "state" } }));
        var metrics = new BreakerMetrics(new() { ConstantLabels = { ["service"] = "shop" } });
        AssertTwice("service", () => metrics.Add(MetricFamily.Gauge("orders", "Help.", ["service"], _ => { })));

        static void AssertTwice(string label, Func<object> make) =>
            Assert.Contains($"the label '{label}' twice", Assert.Throws<ArgumentException>(make).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("circuit_breaker_requests_total", "circuit_breaker.requests", null)]
    [InlineData("circuit_breaker_request_duration_seconds", "circuit_breaker.request.duration", "seconds")]
    [InlineData("circuit_breaker_state_entered_timestamp_seconds", "circuit_breaker.state_entered_timestamp", "seconds")]
    [InlineData("circuit_breaker_failure_rate", "circuit_breaker.failure_rate", null)]
    public void An_instrument_name_omits_what_an_exporter_appends(string name, string instrument, string? unit)
    {
        var family = new BreakerMetrics().Families.Single(family => string.Equals(family.Name, name, StringComparison.Ordinal));

        Assert.Equal(instrument, family.InstrumentName);
        Assert.Equal(unit, family.Unit);
    }
}
