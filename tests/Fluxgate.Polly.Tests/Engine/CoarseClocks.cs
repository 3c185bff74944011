namespace Fluxgate;

/// <summary>For thresholds of 1 s and more a step of the coarse clock is negligible; everything else is measured exactly.</summary>
// A listener of another test to all meters of this name would enable durations here too.
[Collection("Meters")]
public sealed class CoarseClocks
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(16);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    private readonly VirtualTime _time = new();
    private readonly Coarse _coarse;

    public CoarseClocks() => _coarse = new(_time);

    public static TheoryData<string, FluxgateBreakerSettings> Exact =>
        new()
        {
            { "a threshold below a second", Slow(TimeSpan.FromMilliseconds(999)) },
            { "one of two thresholds below a second", Slow(Second, also: Tripper.SlowRate(1, TimeSpan.FromMilliseconds(1))) },
            { "a mean", Slow(Second, also: Tripper.AvgLatency(TimeSpan.FromHours(1))) },
            { "buckets of 49 ms", Slow(Second, Window.Time(TimeSpan.FromMilliseconds(490))) },
            { "a listener that times every call", Slow(Second, listener: new BreakerMetrics()) },
        };

    [Fact]
    public void A_call_is_slow_at_the_threshold_to_within_one_clock_step()
    {
        var breaker = Breaker(Slow(Second, Window.Time(TimeSpan.FromMinutes(1))));
        for (var offset = 0; offset < Step.TotalMilliseconds; offset++)
        {
            var slow = Total(breaker);
            Take(breaker, Second - Step);
            Assert.Equal(slow, Total(breaker));
            Take(breaker, Second + Step);
            Assert.Equal(slow + 1, Total(breaker));
            _time.Advance(Millisecond);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_call_reads_the_coarse_clock_twice_and_the_exact_clock_never(bool byTime)
    {
        var breaker = Breaker(Slow(Second, byTime ? Window.Time(TimeSpan.FromMinutes(1)) : Window.Count(100)));

        // The first call of an epoch may read a clock for the timer.
        Take(breaker, TimeSpan.Zero);
        var (exact, coarse) = (_time.TimestampReads, _coarse.Reads);

        Take(breaker, Millisecond, times: 50);

        Assert.Equal((0, 100), (_time.TimestampReads - exact, _coarse.Reads - coarse));
    }

    [Fact]
    public void A_time_window_alone_reads_the_coarse_clock_once_a_call()
    {
        var breaker = Breaker(new() { Window = Window.Time(TimeSpan.FromMilliseconds(500)) });
        var (exact, coarse) = (_time.TimestampReads, _coarse.Reads);

        Take(breaker, TimeSpan.Zero, times: 50);

        Assert.Equal((0, 50), (_time.TimestampReads - exact, _coarse.Reads - coarse));
        _time.Advance(TimeSpan.FromMilliseconds(500) + Step);
        Assert.Equal(0, breaker.Snapshot().WindowRequests);
    }

    [Theory]
    [MemberData(nameof(Exact))]
    public void Thresholds_near_the_clock_step_are_measured_exactly(string kind, FluxgateBreakerSettings settings)
    {
        var breaker = Breaker(settings);
        var coarse = _coarse.Reads;
        var longest = breaker.Snapshot().SlowCalls[^1].Threshold;

        _time.Advance(Step - TimeSpan.FromTicks(1));
        Take(breaker, longest - TimeSpan.FromTicks(1));
        Assert.True(Total(breaker) == 0, kind);
        Take(breaker, longest);

        Assert.Equal((kind, 1L, coarse), (kind, Total(breaker), _coarse.Reads));
        breaker.Dispose();
    }

    [Fact]
    public void A_listener_that_may_request_durations_makes_a_slow_rule_exact()
    {
        using var meter = new BreakerMeter(catalog: null, _time);
        var breaker = Breaker(Slow(Second, listener: new MeteringListener(meter)));
        var begun = breaker.Admit();
        _time.Advance(Second + Step);
        using (var reader = new MeterReader(meter))
        {
            begun.Settle(Verdict.Success);
            _time.Advance(Step - Millisecond);
            Take(breaker, Second + Millisecond);
            Assert.Equal(
                [
                    "circuit_breaker_request_duration_seconds{circuit_name=\"payments\",state=\"closed\"} 1.016",
                    "circuit_breaker_request_duration_seconds{circuit_name=\"payments\",state=\"closed\"} 1.001",
                ],
                reader.Received
            );
            Assert.Equal(2, Total(breaker));

            begun = breaker.Admit();
            _time.Advance(Second);
        }

        begun.Settle(Verdict.Success);
        Assert.Equal(3, Total(breaker));
    }

    [Fact]
    public void A_call_is_measured_on_one_clock_when_the_rules_change()
    {
        var breaker = Breaker(Slow(Second));
        var begun = breaker.Admit();
        breaker.Reconfigure(Slow(TimeSpan.FromMilliseconds(10)));
        var exact = breaker.Admit();
        _time.Advance(TimeSpan.FromMilliseconds(10) + (2 * Step));
        begun.Settle(Verdict.Success);
        Assert.Equal(1, breaker.Snapshot().SlowCalls.Single(slow => slow.Threshold == TimeSpan.FromMilliseconds(10)).Total);

        breaker.Reconfigure(Slow(2 * Second));
        _time.Advance((2 * Second) - TimeSpan.FromMilliseconds(10) - (2 * Step));
        exact.Settle(Verdict.Success);
        Assert.Equal(1, breaker.Snapshot().SlowCalls.Single(slow => slow.Threshold == 2 * Second).Total);
    }

    [Fact]
    public void A_coarse_clock_step_does_not_make_a_fast_call_slow_under_new_rules()
    {
        var breaker = Breaker(Slow(Second));
        _time.Advance(Step - TimeSpan.FromTicks((_time.GetUtcNow().Ticks % Step.Ticks) + 1));
        var begun = breaker.Admit();
        breaker.Reconfigure(new() { Tripper = Tripper.SlowRate(1, TimeSpan.FromMilliseconds(10)) });
        _time.Advance(TimeSpan.FromTicks(1));

        Assert.Null(begun.Settle(Verdict.Success));
        Assert.Equal(0, Assert.Single(breaker.Snapshot().SlowCalls, slow => slow.Threshold < Second).Total);
    }

    [Fact]
    public void A_stale_result_is_measured_from_the_start_of_its_call()
    {
        var durations = new BreakerMeter(catalog: null, _time);
        var breaker = Breaker(Slow(Second, listener: new MeteringListener(durations)));
        var (fast, slow) = (breaker.Admit(), breaker.Admit());
        breaker.Reset();
        fast.Settle(Verdict.Success);
        _time.Advance(Second + Step);
        using var reader = new MeterReader(durations);
        slow.Settle(Verdict.Failure);

        Assert.Equal((1, 2), (Total(breaker), breaker.Snapshot().Stale));
        Assert.Equal(
            "circuit_breaker_request_duration_seconds{circuit_name=\"payments\",state=\"closed\"} 1.016",
            Assert.Single(reader.Received)
        );
        durations.Dispose();
    }

    [Fact]
    public void A_break_ends_to_the_tick_and_RetryAfter_is_never_too_early()
    {
        var broke = TimeSpan.FromSeconds(5);
        for (var offset = 0; offset < Step.TotalMilliseconds; offset++)
        {
            _time.Advance(Millisecond);
            var breaker = Breaker(new() { BreakDuration = BreakDuration.Fixed(broke) });
            breaker.Trip();
            var left = broke;
            foreach (
                var passing in new[]
                {
                    TimeSpan.Zero,
                    Second,
                    3 * Second,
                    TimeSpan.FromMilliseconds(990),
                    TimeSpan.FromMilliseconds(9.9999),
                }
            )
            {
                _time.Advance(passing);
                left -= passing;
                var said = Assert.Throws<CallNotPermittedException>(breaker.Admit).RetryAfter!.Value;
                Assert.InRange(said, left, left + (2 * Step) + (3 * Millisecond));
                Assert.InRange(breaker.Snapshot().RetryAfter!.Value, left, left + Millisecond);
            }

            Assert.Equal(TimeSpan.FromTicks(1), left);
            _time.Advance(left);
            Assert.Equal(BreakerState.HalfOpen, breaker.Admit().State);
        }
    }

    [Fact]
    public void A_rejection_reads_the_exact_clock_only_when_the_break_may_be_over()
    {
        var breaker = Breaker(new() { BreakDuration = BreakDuration.Fixed(TimeSpan.FromSeconds(5)) });
        breaker.Trip();
        _time.Advance(TimeSpan.FromSeconds(4.9));
        var (exact, coarse) = (_time.TimestampReads, _coarse.Reads);
        Assert.False(breaker.TryAdmit(out _));
        Assert.Equal((0, 1), (_time.TimestampReads - exact, _coarse.Reads - coarse));

        _time.Advance(TimeSpan.FromSeconds(0.0999));
        Assert.False(breaker.TryAdmit(out _));
        Assert.Equal(1, _time.TimestampReads - exact);
    }

    [Fact]
    public void A_very_long_break_and_UntilReset_reject()
    {
        foreach (var breakFor in new[] { BreakDuration.Fixed(TimeSpan.MaxValue - TimeSpan.FromDays(1)), BreakDuration.UntilReset })
        {
            var breaker = Breaker(new() { BreakDuration = breakFor });
            breaker.Trip();
            _time.Advance(TimeSpan.FromDays(300));
            Assert.False(breaker.TryAdmit(out _));
        }
    }

    [Fact]
    public void Only_the_system_clock_has_a_coarse_clock()
    {
        var before = Environment.TickCount64;
        var coarse = new Clock(TimeProvider.System).Coarse;
        Assert.InRange(coarse.Now, before, Environment.TickCount64);
        Assert.Equal(TimeSpan.FromMilliseconds(7), coarse.Between(5, 12));

        var clock = new Clock(_time);
        Assert.Same(clock, clock.Coarse);
    }

    private static FluxgateBreakerSettings Slow(TimeSpan threshold, Window? window = null, Tripper? also = null, IListener? listener = null)
    {
        var rule = Tripper.MinRequests(100) & Tripper.SlowRate(1, threshold);
        var settings = new FluxgateBreakerSettings { Window = window ?? Window.Count(100), Tripper = also is null ? rule : rule & also };
        if (listener is not null)
        {
            settings.Listeners.Add(listener);
        }

        return settings;
    }

    private static long Total(FluxgateBreaker breaker) => breaker.Snapshot().SlowCalls[^1].Total;

    private FluxgateBreaker Breaker(FluxgateBreakerSettings settings)
    {
        var breaker = new FluxgateBreaker("payments", settings, new Clock(_time, _coarse));
        breaker.Attach();
        return breaker;
    }

    private void Take(FluxgateBreaker breaker, TimeSpan duration, int times = 1)
    {
        for (var call = 0; call < times; call++)
        {
            Assert.True(breaker.Machine.TryEnter(mayBeAbandoned: false, out var ticket, out _));
            _time.Advance(duration);
            ticket.Settle(Verdict.Success);
        }
    }

    /// <summary>Lags behind the virtual clock as the millisecond count of the operating system lags behind its own clock.</summary>
    private sealed class Coarse(VirtualTime time) : TimeProvider
    {
        public int Reads { get; private set; }

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp()
        {
            Reads++;
            var now = time.GetUtcNow().Ticks;
            return (now - (now % Step.Ticks)) / TimeSpan.TicksPerMillisecond;
        }
    }
}
