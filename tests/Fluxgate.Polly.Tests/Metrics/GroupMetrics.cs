namespace Fluxgate;

/// <summary>The metrics of a group: sums under its name, circuits by state, and series of some keys.</summary>
public sealed class GroupMetrics
{
    private const string KeyState = "circuit_breaker_key_state";
    private const string KeyTransitions = "circuit_breaker_key_state_transition_total";

    private static readonly string[] Absent =
    [
        "circuit_breaker_state",
        "circuit_breaker_state_code",
        "circuit_breaker_failure_rate",
        "circuit_breaker_rule_threshold",
        "circuit_breaker_state_entered_timestamp_seconds",
    ];

    private readonly BreakerMetrics _metrics = new();

    [Fact]
    public void A_group_is_one_name_from_its_first_moment()
    {
        var world = With();
        Assert.Equal(["tenants"], _metrics.Read().Circuits);

        world.Call("acme");
        world.Call("globex");

        Assert.Equal(["tenants"], _metrics.Read().Circuits);
    }

    [Fact]
    public void The_counters_are_the_sums_and_there_is_no_state()
    {
        var world = With();
        world.Call("acme");
        world.Fail("globex");
        world.Call("globex");
        world.Call(null);

        Assert.Equal([("", 5d)], Read("circuit_breaker_requests_total"));
        Assert.Equal([("", 3d)], Read("circuit_breaker_failures_total"));
        Assert.Contains(("open", 1d), Read("circuit_breaker_rejected_total"));
        Assert.Contains(("closed open", 1d), Read("circuit_breaker_state_transition_total"));
        Assert.Equal([("", 0d)], Read("circuit_breaker_in_flight"));
        Assert.All(Absent, family => Assert.Empty(Read(family)));
    }

    [Fact]
    public void Circuits_are_counted_by_state()
    {
        var world = With(new() { MaxBreakers = 2 });
        world.Call("acme");
        world.Fail("globex");
        world.Fail("initech");

        Assert.Equal(
            [("closed", 1d), ("open", 1d), ("half_open", 0d), ("metrics_only", 0d), ("disabled", 0d), ("forced_open", 0d)],
            Read("circuit_breaker_group_circuits")
        );
        Assert.Equal([("", 2d)], Read("circuit_breaker_group_max_circuits"));
        Assert.Equal([("no_place", 3d), ("no_key", 0d), ("selector_error", 0d)], Read("circuit_breaker_group_shared_calls_total"));
        Assert.Contains(("open", 1d), Read("circuit_breaker_group_shared_state"));
    }

    [Fact]
    public void Evicted_circuits_stay_in_the_sums()
    {
        var world = With();
        world.Fail("acme");
        world.Wait(TimeSpan.FromMinutes(20), detached: 1);

        Assert.Equal([("", 3d)], Read("circuit_breaker_requests_total"));
        Assert.Equal([("", 1d)], Read("circuit_breaker_group_evicted_total"));
        Assert.Empty(Read(KeyState));
    }

    [Fact]
    public void Every_key_has_exactly_one_state()
    {
        var world = With();
        world.Call("acme");
        world.Fail("globex");

        var states = Read(KeyState);

        Assert.Equal(12, states.Length);
        Assert.Equal([("acme closed", 1d), ("globex open", 1d)], states.Where(state => state.Value == 1));
        Assert.Equal([("acme", 0d), ("globex", 3d)], Read("circuit_breaker_key_failures_total"));
        world.Call("globex");
        Assert.Equal([("acme", 0d), ("globex", 1d)], Read("circuit_breaker_key_rejected_total"));
    }

    [Fact]
    public void A_plain_breaker_has_no_series_of_groups()
    {
        var breaker = new FluxgateBreaker("payments", new() { Listeners = { _metrics } });
        var world = With();
        world.Call("acme");

        var reading = _metrics.Read();

        Assert.Equal(["payments", "tenants"], reading.Circuits);
        Assert.Equal(["payments"], CircuitsWith(reading, "circuit_breaker_state"));
        Assert.Equal(["tenants"], CircuitsWith(reading, KeyState));
        Assert.Equal(["payments", "tenants"], CircuitsWith(reading, "circuit_breaker_requests_total"));
        GC.KeepAlive(breaker);
    }

    [Fact]
    public void A_disposed_group_disappears()
    {
        var world = With();
        world.Call("acme");
        world.Group.Dispose();

        Assert.Empty(_metrics.Read().Circuits);
    }

    [Fact]
    public void A_group_of_the_same_name_continues_the_counters()
    {
        var world = With();
        world.Call("acme");
        var next = With();
        world.Group.Dispose();
        next.Call("acme");

        Assert.Equal([("", 2d)], Read("circuit_breaker_requests_total"));
        Assert.Single(Read(KeyState), state => state.Value == 1);
        GC.KeepAlive(world);
    }

    [Fact]
    public void Signals_of_members_count_for_their_group()
    {
        _metrics.Add(MetricFamily.Signals("opened_total", "Opened.", signal => signal.NewState == BreakerState.Open));
        var world = With();
        world.Fail("acme");
        world.Fail("globex");

        Assert.Equal([("", 2d)], Read("opened_total"));
    }

    [Fact]
    public void A_new_key_starts_at_zero_so_increase_includes_its_first_trip()
    {
        var world = With();
        Read(KeyState);
        world.Fail("acme");

        var (states, transitions) = ReadOnce(KeyState, KeyTransitions);
        Assert.Contains(("acme open", 1d), states);
        Assert.Contains(("acme closed open", 0d), transitions);

        Assert.Contains(("acme closed open", 1d), Read(KeyTransitions));
    }

    [Fact]
    public void With_fewer_series_than_keys_circuits_that_restrict_calls_come_first()
    {
        var world = With(new() { MaxKeySeries = 2 });
        Array.ForEach(["a", "b", "c", "d"], key => world.Call(key));
        Assert.Equal(["a", "b"], ShownKeys());

        world.Fail("c");
        Assert.Equal(["a", "c"], ShownKeys());

        world.Fail("d");
        Assert.Equal(["c", "d"], ShownKeys());
    }

    [Fact]
    public void A_key_that_is_shown_keeps_its_place_against_its_equals()
    {
        var world = With(new() { MaxKeySeries = 2 });
        Array.ForEach(["c", "d"], key => world.Fail(key));
        Assert.Equal(["c", "d"], ShownKeys());

        Array.ForEach(["a", "b"], key => world.Fail(key, calls: 5));
        Assert.Equal(["c", "d"], ShownKeys());

        world.Group.GetOrAdd("c").Reset();
        Assert.Equal(["a", "d"], ShownKeys());
    }

    [Fact]
    public void A_key_that_appears_among_many_shows_its_counts_of_the_reading_before()
    {
        var world = With(new() { MaxKeySeries = 1 });
        Array.ForEach(["a", "b"], key => world.Fail(key, calls: 1));
        Assert.Equal(["a"], ShownKeys());

        world.Fail("b", calls: 2);
        var (failures, transitions) = ReadOnce("circuit_breaker_key_failures_total", KeyTransitions);
        Assert.Equal([("b", 1d)], failures);
        Assert.Contains(("b closed open", 0d), transitions);

        Assert.Equal([("b", 3d)], Read("circuit_breaker_key_failures_total"));
        Assert.Contains(("b closed open", 1d), Read(KeyTransitions));
    }

    [Fact]
    public void The_counters_of_a_key_never_go_back_while_it_exists()
    {
        var world = With(new() { MaxKeySeries = 3, IdleTimeout = Timeout.InfiniteTimeSpan });
        for (var key = 0; key < 8; key++)
        {
            world.Call($"{key}");
        }

        var random = new Random(7);
        var last = new Dictionary<string, double>(StringComparer.Ordinal);
        for (var i = 0; i < 3_000; i++)
        {
            world.Call($"{random.Next(8)}", fails: random.Next(2) == 0);
            world.Time.Advance(TimeSpan.FromSeconds(random.Next(20)));
            if (i % 7 != 0)
            {
                continue;
            }

            var (transitions, states) = ReadOnce(KeyTransitions, KeyState);
            Assert.Equal(3, states.Count(state => state.Value == 1));
            foreach (var (labels, value) in transitions)
            {
                Assert.InRange(value, last.GetValueOrDefault(labels), double.MaxValue);
                last[labels] = value;
            }
        }
    }

    [Fact]
    public void No_key_has_series_if_none_may()
    {
        var world = With(new() { MaxKeySeries = 0 });
        world.Fail("acme");

        Assert.Empty(Read(KeyState));
        Assert.Equal([("", 3d)], Read("circuit_breaker_requests_total"));
    }

    [Fact]
    public void Keys_whose_labels_are_equal_have_one_series()
    {
        var world = With();
        world.Call("a\ud800");
        world.Call("a\ud801");
        world.Call("a\ufffd");

        Assert.Equal(1, Read(KeyState).Count(state => state.Value == 1));
        Assert.Equal([("", 3d)], Read("circuit_breaker_requests_total"));
    }

    [Fact]
    public void Long_keys_have_short_labels()
    {
        var world = With();
        world.Call(new string('x', 10_000));

        Assert.All(Read("circuit_breaker_key_failures_total"), key => Assert.InRange(key.Labels.Length, 1, 256));
    }

    [Fact]
    public void Errors_of_families_are_counted_by_the_shared_breaker()
    {
        _metrics.Add(MetricFamily.Counter("failing_total", "Fails.", double? (BreakerSnapshot _) => throw new FormatException()));
        var world = With();

        Assert.Empty(Read("failing_total"));
        Assert.Equal(1, world.Group.Shared.Snapshot().UserErrors(UserErrorSource.Metric));
    }

    private GroupWorld With(BreakerGroupOptions? options = null) =>
        new(
            options,
            new()
            {
                Tripper = Tripper.FailureStreak(3),
                BreakDuration = BreakDuration.Fixed(TimeSpan.FromSeconds(30)),
                Permit = Permit.All,
                Recovery = Recovery.AfterProbes(1),
                Listeners = { _metrics },
            }
        );

    private string[] ShownKeys() => [.. Read(KeyState).Where(state => state.Value == 1).Select(state => state.Labels.Split(' ')[0])];

    private (string Labels, double Value)[] Read(string family) => Read(_metrics.Read(), family);

    private ((string Labels, double Value)[], (string Labels, double Value)[]) ReadOnce(string one, string other)
    {
        var reading = _metrics.Read();
        return (Read(reading, one), Read(reading, other));
    }

    private static (string Labels, double Value)[] Read(MetricsReading reading, string name)
    {
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

    private static string[] CircuitsWith(MetricsReading reading, string name)
    {
        var family = reading.Families.Single(family => family.Name == name);
        var samples = new MetricSamples();
        return
        [
            .. Enumerable
                .Range(0, reading.CircuitsOf(family))
                .Where(circuit =>
                {
                    reading.Read(family, circuit, samples);
                    return samples.All.Length > 0;
                })
                .Select(circuit => reading.Circuits[circuit]),
        ];
    }
}
