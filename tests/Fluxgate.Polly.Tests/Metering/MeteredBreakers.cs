using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace Fluxgate;

[Collection("Meters")]
public sealed class MeteredBreakers : IDisposable
{
    private readonly VirtualTime _time = new();
    private readonly BreakerMeter _meter;

    public MeteredBreakers() => _meter = new(catalog: null, _time);

    public void Dispose() => _meter.Dispose();

    [Fact]
    public void Every_family_is_an_instrument_that_exporters_translate_to_its_name()
    {
        using var reader = new MeterReader(_meter);

        Assert.Equal(
            new MetricCatalog().Select(family => family.Name).Order(StringComparer.Ordinal),
            reader.Instruments.Select(Translated).Order(StringComparer.Ordinal)
        );
        Assert.All(reader.Instruments, instrument => Assert.NotEqual("", instrument.Description));
        Assert.Equal("Fluxgate.Polly", _meter.Instruments.Name);
    }

    [Fact]
    public void Observed_values_equal_those_of_the_text_page()
    {
        using var reader = new MeterReader(_meter);
        var world = new World(
            new()
            {
                Window = Window.Time(TimeSpan.FromSeconds(60)),
                Tripper = Tripper.MinRequests(4) & (Tripper.FailureRate(0.5) | Tripper.SlowRate(0.9, TimeSpan.FromSeconds(1))),
                Listeners = { new MeteringListener(_meter) },
            }
        );
        world.Take(TimeSpan.FromSeconds(1));
        world.Fail(2);
        world.Ignore();
        world.Succeed();
        world.Rejects(3);

        reader.Collect();

        var now = world.Now;
        Assert.Equal(1, reader["circuit_breaker_state{circuit_name=\"payments\",state=\"open\"}"]);
        Assert.Equal(0, reader["circuit_breaker_state{circuit_name=\"payments\",state=\"closed\"}"]);
        Assert.Equal(
            1,
            reader["circuit_breaker_state_transition_total{circuit_name=\"payments\",old_state=\"closed\",new_state=\"open\"}"]
        );
        Assert.Equal(now.Requests, reader["circuit_breaker_requests_total{circuit_name=\"payments\"}"]);
        Assert.Equal(5, reader["circuit_breaker_requests_total{circuit_name=\"payments\"}"]);
        Assert.Equal(3, reader["circuit_breaker_rejected_total{circuit_name=\"payments\",state=\"open\"}"]);
        Assert.Equal(1, reader["circuit_breaker_slow_total{circuit_name=\"payments\",threshold=\"1\"}"]);
        Assert.Equal(0.5, reader["circuit_breaker_rule_threshold{circuit_name=\"payments\",rule=\"FailureRate\"}"]);
        Assert.Equal(
            now.NextProbeAt!.Value.ToUnixTimeSeconds(),
            reader["circuit_breaker_next_probe_timestamp_seconds{circuit_name=\"payments\"}"]
        );
    }

    [Fact]
    public void Exactly_one_state_is_1_in_every_collection()
    {
        using var reader = new MeterReader(_meter);
        var world = new World(new() { Listeners = { new MeteringListener(_meter) } });
        Func<Signal?>[] moves =
        [
            () => world.Breaker.Trip(),
            () => world.Breaker.Probe(),
            () => world.Breaker.Disable(),
            () => world.Breaker.Reset(),
        ];

        foreach (var move in moves)
        {
            move();
            var states = reader.Collect().Where(line => line.StartsWith("circuit_breaker_state{", StringComparison.Ordinal)).ToList();
            Assert.Equal(6, states.Count);
            Assert.Equal(world.State.ToLabel(), Assert.Single(states, line => line.EndsWith(" 1", StringComparison.Ordinal)).Split('"')[3]);
        }
    }

    [Fact]
    public void One_collection_reads_each_breaker_once()
    {
        var window = new CountedWindow();
        using var reader = new MeterReader(_meter);
        var kept = new World(new() { Window = window, Listeners = { new MeteringListener(_meter) } });
        var before = window.Readings;

        reader.Collect();
        Assert.Equal(1, window.Readings - before);

        reader.Collect();
        Assert.Equal(2, window.Readings - before);
        GC.KeepAlive(kept);
    }

    [Fact]
    public void A_garbage_collection_during_a_collection_does_not_read_again()
    {
        var window = new CountedWindow();
        using var reader = new MeterReader(_meter) { OnMeasurement = GC.Collect };
        var kept = new World(new() { Window = window, Listeners = { new MeteringListener(_meter) } });
        var before = window.Readings;

        reader.Collect();

        Assert.Equal(1, window.Readings - before);
        GC.KeepAlive(kept);
    }

    [Fact]
    public void An_instrument_that_is_collected_late_reads_again()
    {
        using var first = new MeterReader(_meter, instrument => instrument.Name is "circuit_breaker.requests");
        using var second = new MeterReader(_meter, instrument => instrument.Name is "circuit_breaker.successes");
        var world = new World(new() { Listeners = { new MeteringListener(_meter) } });
        first.Collect();
        world.Succeed();

        // Soon enough to belong to the same collection: the values of both instruments agree.
        second.Collect();
        Assert.Equal(0, second["circuit_breaker_successes_total{circuit_name=\"payments\"}"]);

        first.Collect();
        _time.Advance(TimeSpan.FromMilliseconds(100));
        world.Succeed();
        second.Collect();
        Assert.Equal(2, second["circuit_breaker_successes_total{circuit_name=\"payments\"}"]);
    }

    [Fact]
    public void An_instrument_that_is_collected_again_reads_again()
    {
        using var first = new MeterReader(_meter, instrument => instrument.Name is "circuit_breaker.successes");
        using var second = new MeterReader(_meter, instrument => instrument.Name is "circuit_breaker.requests");
        var world = new World(new() { Listeners = { new MeteringListener(_meter) } });
        first.Collect();
        world.Succeed();

        // A new collection, although the last read, which started during one, has not served this instrument.
        second.Collect();
        Assert.Equal(1, second["circuit_breaker_requests_total{circuit_name=\"payments\"}"]);
    }

    [Fact]
    public void A_call_is_timed_only_while_a_listener_to_durations_is_enabled()
    {
        var world = new World(
            new() { Listeners = { new MeteringListener(_meter), new MeteringListener(_meter) }, AbandonedAfter = Timeout.InfiniteTimeSpan }
        );
        world.Succeed();
        var reads = world.Time.TimestampReads;
        world.Succeed(10);
        Assert.Equal(reads, world.Time.TimestampReads);

        var startedBeforeAttaching = world.Begin();
        using (var reader = new MeterReader(_meter))
        {
            // The start of the call is unknown.
            startedBeforeAttaching.Settle(Verdict.Success);
            Assert.Empty(reader.Received);

            world.Take(TimeSpan.FromSeconds(1.5));

            // Two listeners on one meter record the call once.
            Assert.Equal(["circuit_breaker_request_duration_seconds{circuit_name=\"payments\",state=\"closed\"} 1.5"], reader.Received);
        }

        reads = world.Time.TimestampReads;
        world.Succeed(10);
        Assert.Equal(reads, world.Time.TimestampReads);
    }

    [Fact]
    public void A_call_allocates_nothing_with_or_without_a_listener()
    {
        var breaker = new FluxgateBreaker("payments", new() { Listeners = { new MeteringListener(_meter) } });
        Assert.Equal(0, Allocated.ByACall(() => Call(breaker)));

        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (ReferenceEquals(instrument, _meter.Durations))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        var received = 0;
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => received++);
        listener.Start();
        Assert.Equal(0, Allocated.ByACall(() => Call(breaker)));
        Assert.True(received > 0);

        static void Call(FluxgateBreaker breaker)
        {
            Assert.True(breaker.Machine.TryEnter(mayBeAbandoned: false, out var ticket, out _));
            ticket.Settle(Verdict.Success);
        }
    }

    [Fact]
    public void A_catalog_sets_names_constant_labels_and_families()
    {
        var catalog = new MetricCatalog { LabelNames = { ["circuit_name"] = "circuit" }, ConstantLabels = { ["service"] = "shop" } };
        catalog.Remove("circuit_breaker_reopens");
        using var meter = new BreakerMeter(catalog);
        using var reader = new MeterReader(meter);
        var world = new World(new() { Listeners = { new MeteringListener(meter) } });
        world.Take(TimeSpan.FromSeconds(1));

        Assert.Equal(
            ["circuit_breaker_request_duration_seconds{circuit=\"payments\",state=\"closed\",service=\"shop\"} 1"],
            reader.Received
        );
        var received = reader.Collect();
        Assert.Contains("circuit_breaker_state{circuit=\"payments\",state=\"closed\",service=\"shop\"} 1", received);
        Assert.DoesNotContain(received, line => line.StartsWith("circuit_breaker_reopens", StringComparison.Ordinal));
    }

    [Fact]
    public void A_custom_family_becomes_an_instrument()
    {
        using var reader = new MeterReader(_meter);
        var opened = MetricFamily.Signals("circuit_breaker_open_total", "How often.", signal => signal.NewState == BreakerState.Open);
        Assert.True(_meter.Add(opened));
        Assert.False(_meter.Add(opened));
        _meter.Add(MetricFamily.Gauge("orders_waiting", "Orders.", () => 7));
        var world = new World(new() { Listeners = { new MeteringListener(_meter) } });
        world.Breaker.Trip();

        var received = reader.Collect();

        Assert.Single(received, "circuit_breaker.open{circuit_name=\"payments\"} 1");
        Assert.Single(received, "orders_waiting{} 7");
    }

    [Fact]
    public void A_custom_histogram_throws_and_names_CreateHistogram()
    {
        var error = Assert.Throws<ArgumentException>(() =>
            _meter.Add(MetricFamily.Histogram("orders_seconds", "Orders.", new DurationRecorder()))
        );

        Assert.Contains("CreateHistogram", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void M5_a_disposed_breaker_leaves_and_a_replaced_one_adds_up()
    {
        using var reader = new MeterReader(_meter);
        var listener = new MeteringListener(_meter);
        var (first, orders) = (new World(new() { Listeners = { listener } }), new World(new() { Listeners = { listener } }, "orders"));
        first.Succeed(2);
        var second = new World(new() { Listeners = { listener } });
        second.Succeed(3);
        first.Breaker.Dispose();
        orders.Breaker.Dispose();

        reader.Collect();

        Assert.Equal(5, reader["circuit_breaker_requests_total{circuit_name=\"payments\"}"]);
        Assert.DoesNotContain(reader.Received, line => line.Contains("orders", StringComparison.Ordinal));
    }

    [Fact]
    public void L9_collecting_keeps_no_breaker_alive()
    {
        using var reader = new MeterReader(_meter);
        var dropped = MakeAndCollect(reader);

        Assert.True(
            SpinWait.SpinUntil(
                () =>
                {
                    GC.Collect();
                    GC.WaitForPendingFinalizers();
                    return !dropped.IsAlive;
                },
                TimeSpan.FromSeconds(60)
            ),
            "Something still holds the breaker."
        );
        Assert.Empty(reader.Collect());
    }

    [Fact]
    public void A_disposed_meter_reports_nothing_and_its_breakers_continue()
    {
        using var reader = new MeterReader(_meter);
        var world = new World(new() { Listeners = { new MeteringListener(_meter) } });
        _meter.Dispose();

        world.Succeed();

        Assert.Empty(reader.Collect());
        Assert.Equal(1, world.Now.Successes);
        Assert.Equal(0, world.Now.UserErrors(UserErrorSource.Listener));
    }

    /// <summary>Translates a name like OpenTelemetry's exporters for Prometheus: underscores for dots, then the unit and the suffix.</summary>
    private static string Translated(Instrument instrument)
    {
        var unit = instrument.Unit is "s" ? "_seconds" : "";
        var total = instrument is ObservableCounter<double> ? "_total" : "";
        return instrument.Name.Replace('.', '_') + unit + total;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference MakeAndCollect(MeterReader reader)
    {
        var breaker = new FluxgateBreaker("payments", new() { Listeners = { new MeteringListener(_meter) } });
        Assert.NotEmpty(reader.Collect());
        GC.KeepAlive(breaker);
        return new(breaker, trackResurrection: true);
    }

    private sealed class CountedWindow : Window
    {
        public int Readings { get; private set; }

        public override WindowState Start(WindowContext context) => new State(this);

        private sealed class State(CountedWindow window) : WindowState
        {
            public override void Record(in CallCounts call) { }

            public override CallCounts Read()
            {
                window.Readings++;
                return default;
            }
        }
    }
}
