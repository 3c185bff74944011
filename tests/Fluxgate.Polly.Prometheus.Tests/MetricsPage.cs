using System.Buffers;
using System.Globalization;
using System.Text;

namespace Fluxgate;

public sealed class MetricsPage
{
    private readonly PrometheusMetrics _metrics = new();

    [Fact]
    public void The_page_of_a_full_cycle_has_the_exact_text()
    {
        var catalog = new MetricCatalog();
        foreach (var family in catalog.Skip(2).ToList())
        {
            catalog.Remove(family.Name);
        }

        var metrics = new PrometheusMetrics(catalog);
        var world = new World(
            new()
            {
                Tripper = Tripper.FailureStreak(2),
                BreakDuration = BreakDuration.Fixed(TimeSpan.FromSeconds(10)),
                Permit = Permit.All,
                Recovery = Recovery.AfterProbes(1),
                Listeners = { new PrometheusListener(metrics) },
            }
        );
        Assert.Equal(Expected("closed", trips: 0, probings: 0, reopens: 0, recoveries: 0), Page.Of(metrics).Text);

        world.Fail(2);
        Assert.Equal(Expected("open", trips: 1, probings: 0, reopens: 0, recoveries: 0), Page.Of(metrics).Text);

        world.Wait(10);
        var probe = world.Begin();
        Assert.Equal(Expected("half_open", trips: 1, probings: 1, reopens: 0, recoveries: 0), Page.Of(metrics).Text);

        probe.Settle(Verdict.Failure);
        Assert.Equal(Expected("open", trips: 1, probings: 1, reopens: 1, recoveries: 0), Page.Of(metrics).Text);

        world.Wait(10);
        world.Succeed();
        Assert.Equal(Expected("closed", trips: 1, probings: 2, reopens: 1, recoveries: 1), Page.Of(metrics).Text);
        GC.KeepAlive(world);
    }

    [Fact]
    public void M1_a_circuit_is_shown_before_its_first_transition()
    {
        var kept = new World(new() { Listeners = { new PrometheusListener(_metrics) } });

        var page = Page.Of(_metrics);

        Assert.Equal(["closed"], page.CurrentStates("payments"));
        Assert.Equal(6, page.All.Count(series => series.Name is "circuit_breaker_state"));
        GC.KeepAlive(kept);
    }

    [Fact]
    public void M3_only_the_four_automatic_transitions_start_at_zero()
    {
        var kept = new World(new() { Listeners = { new PrometheusListener(_metrics) } });

        var born = Page.Of(_metrics)
            .All.Where(series => series.Name is "circuit_breaker_state_transition_total")
            .Select(series => (series.Labels["old_state"], series.Labels["new_state"], series.Value));

        Assert.Equal(
            [("closed", "open", 0d), ("half_open", "closed", 0d), ("half_open", "open", 0d), ("open", "half_open", 0d)],
            born.OrderBy(transition => transition, Comparer<(string, string, double)>.Default)
        );
        GC.KeepAlive(kept);
    }

    [Fact]
    public void Manual_transitions_appear_when_they_occur()
    {
        var world = new World(new() { Listeners = { new PrometheusListener(_metrics) } });
        Assert.False(Page.Of(_metrics).Has(Page.TransitionSeries("payments", "closed", "forced_open")));

        world.Breaker.ForceOpen();
        world.Breaker.Disable();
        world.Breaker.MetricsOnly();

        var page = Page.Of(_metrics);
        Assert.Equal(["metrics_only"], page.CurrentStates("payments"));
        Assert.Equal(1, page.Transitions("payments", "closed", "forced_open"));
        Assert.Equal(1, page.Transitions("payments", "forced_open", "disabled"));
        Assert.Equal(1, page.Transitions("payments", "disabled", "metrics_only"));
        GC.KeepAlive(world);
    }

    [Fact]
    public void The_families_of_many_breakers_do_not_interleave()
    {
        var listener = new PrometheusListener(_metrics);
        World[] worlds = [.. Enumerable.Range(0, 500).Select(i => new World(new() { Listeners = { listener } }, $"circuit-{i}"))];
        worlds[123].Breaker.Trip();

        var page = Page.Of(_metrics);

        Assert.Equal(_metrics.Families.Select(family => (family.Name, family.Type.ToString().ToLowerInvariant())), page.Families);
        Assert.Equal(worlds.Select(world => world.Breaker.Name).Order(StringComparer.Ordinal), page.Circuits);
        Assert.All(worlds, (world, i) => Assert.Equal([i == 123 ? "open" : "closed"], page.CurrentStates(world.Breaker.Name)));
    }

    [Fact]
    public void A_page_without_circuits_still_lists_its_families()
    {
        var page = Page.Of(_metrics);

        Assert.Equal(_metrics.Families.Select(family => family.Name), page.Families.Select(family => family.Name));
        Assert.Empty(page.All);
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.5, "0.5")]
    [InlineData(-1.25, "-1.25")]
    [InlineData(1234567, "1234567")]
    [InlineData(9007199254740991, "9007199254740991")]
    public void Numbers_are_culture_invariant(double number, string expected)
    {
        var arabic = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        arabic.NumberFormat = new()
        {
            NumberDecimalSeparator = "٫",
            NegativeSign = "؜-",
            NumberGroupSeparator = "٬",
        };
        var before = CultureInfo.CurrentCulture;
        var buffer = new ArrayBufferWriter<byte>();

        CultureInfo.CurrentCulture = arabic;
        var output = new Utf8Output(buffer);
        output.Append(number);
        output.Flush();
        CultureInfo.CurrentCulture = before;

        Assert.Equal(expected, Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    [Fact]
    public async Task A_stream_gets_the_same_bytes_as_a_buffer_and_stays_open()
    {
        var listener = new PrometheusListener(_metrics);
        World[] worlds = [.. Enumerable.Range(0, 300).Select(i => new World(new() { Listeners = { listener } }, $"größe-{i}"))];
        var buffer = new ArrayBufferWriter<byte>();
        using var stream = new MemoryStream();

        _metrics.Write(buffer);
        await _metrics.WriteAsync(stream);

        Assert.True(stream.CanWrite);
        Assert.True(stream.Length > 2 * 64 * 1024, "The page is too small to need a second piece.");
        Assert.Equal(buffer.WrittenSpan.ToArray(), stream.ToArray());
        Assert.Equal("# HELP "u8.ToArray(), stream.ToArray()[..7]);
        GC.KeepAlive(worlds);
    }

    [Fact]
    public void A_rule_whose_text_throws_does_not_affect_the_page()
    {
        var world = new World(new() { Tripper = new ThrowingText(), Listeners = { new PrometheusListener(_metrics) } });

        Assert.Equal(["closed"], Page.Of(_metrics).CurrentStates("payments"));
        Assert.Equal(nameof(ThrowingText), world.Now.Rule);
        Assert.Equal(1, world.Now.UserErrors(UserErrorSource.Tripper));
    }

    [Fact]
    public async Task A_hanging_window_blocks_only_its_own_scrape()
    {
        using var window = new HangingWindow();
        var listener = new PrometheusListener(_metrics);
        var hanging = new FluxgateBreaker("hanging", new() { Window = window, Listeners = { listener } });
        var scrape = Task.Factory.StartNew(() => Page.Of(_metrics), default, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        window.Reading.Wait();

        var attached = Task.Factory.StartNew(
            () => new FluxgateBreaker("payments", new() { Listeners = { listener } }),
            default,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
        try
        {
            var payments = await attached.WaitAsync(TimeSpan.FromSeconds(60));
            await payments.DisposeAsync();
        }
        finally
        {
            window.GoOn.Set();
        }

        Assert.Equal(["hanging"], (await scrape).Circuits);
        GC.KeepAlive(hanging);
    }

    [Fact]
    public void A_listener_writes_to_the_process_wide_page_by_default()
    {
        Assert.Same(PrometheusMetrics.Default, new PrometheusListener().Metrics);
        Assert.Same(_metrics, new PrometheusListener(_metrics).Metrics);

        var world = new World(new() { Listeners = { new PrometheusListener() } }, "on the default page");
        Assert.Contains("on the default page", Page.Of(PrometheusMetrics.Default).Circuits);
        world.Breaker.Dispose();
        Assert.DoesNotContain("on the default page", Page.Of(PrometheusMetrics.Default).Circuits);
    }

    private static string Expected(string state, int trips, int probings, int reopens, int recoveries)
    {
        var page = new StringBuilder();
        page.Append("# HELP circuit_breaker_state Whether the circuit is in the state (1) or not (0).\n");
        page.Append("# TYPE circuit_breaker_state gauge\n");
        foreach (var each in new[] { "closed", "open", "half_open", "metrics_only", "disabled", "forced_open" })
        {
            page.Append(CultureInfo.InvariantCulture, $"circuit_breaker_state{{circuit_name=\"payments\",state=\"{each}\"}} ");
            page.Append(string.Equals(each, state, StringComparison.Ordinal) ? "1\n" : "0\n");
        }

        page.Append("# HELP circuit_breaker_state_transition_total Transitions of the circuit from one state to another.\n");
        page.Append("# TYPE circuit_breaker_state_transition_total counter\n");
        page.Append(CultureInfo.InvariantCulture, $"{Page.TransitionSeries("payments", "closed", "open")} {trips}\n");
        page.Append(CultureInfo.InvariantCulture, $"{Page.TransitionSeries("payments", "open", "half_open")} {probings}\n");
        page.Append(CultureInfo.InvariantCulture, $"{Page.TransitionSeries("payments", "half_open", "closed")} {recoveries}\n");
        page.Append(CultureInfo.InvariantCulture, $"{Page.TransitionSeries("payments", "half_open", "open")} {reopens}\n");
        return page.ToString();
    }

    private sealed class ThrowingText : Tripper
    {
        public override bool Fires(in TripperContext reading) => false;

        public override string ToString() => throw new NotSupportedException("the text throws");
    }

    private sealed class HangingWindow : Window, IDisposable
    {
        public ManualResetEventSlim Reading { get; } = new();

        public ManualResetEventSlim GoOn { get; } = new();

        public override WindowState Start(WindowContext context) => new State(this);

        public void Dispose()
        {
            Reading.Dispose();
            GoOn.Dispose();
        }

        private sealed class State(HangingWindow window) : WindowState
        {
            public override void Record(in CallCounts call) { }

            public override CallCounts Read()
            {
                window.Reading.Set();
                window.GoOn.Wait();
                return default;
            }
        }
    }
}
