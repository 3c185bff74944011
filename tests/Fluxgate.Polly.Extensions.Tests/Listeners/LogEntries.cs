using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NSubstitute;

namespace Fluxgate;

public sealed class LogEntries
{
    private readonly RecordedLog<LogListener> _log = new();

    [Fact]
    public void Every_state_has_its_level_and_event()
    {
        var breaker = World().Breaker;
        breaker.Trip();
        breaker.Probe();
        breaker.Reset();
        breaker.ForceOpen();
        breaker.Disable();
        breaker.MetricsOnly();

        Assert.Equal(
            [
                (LogLevel.Error, 1, "CircuitOpened"),
                (LogLevel.Information, 2, "CircuitHalfOpened"),
                (LogLevel.Information, 3, "CircuitClosed"),
                (LogLevel.Warning, 4, "CircuitForcedOpen"),
                (LogLevel.Warning, 5, "CircuitDisabled"),
                (LogLevel.Warning, 6, "CircuitMetricsOnly"),
            ],
            _log.Entries.Select(entry => (entry.Level, entry.Id.Id, entry.Id.Name!))
        );
    }

    [Fact]
    public void A_probe_that_succeeds_after_its_lease_is_a_warning()
    {
        var world = World(new() { InitialState = BreakerState.HalfOpen });
        var probe = world.Begin();
        world.Wait(45);
        probe.Settle(Verdict.Success);

        var entry = _log.Entries.Single(logged => logged.Id.Id == 16);
        Assert.Equal((LogLevel.Warning, "CircuitLeaseExceeded"), (entry.Level, entry.Id.Name));
        Assert.Equal(
            "A probe of circuit payments succeeded after 45s, but counted as a failure after its lease of 30s. Increase ProbeLease if healthy calls take that long.",
            entry.Text
        );
    }

    [Fact]
    public void A_transition_has_searchable_properties()
    {
        World(new() { Tripper = Tripper.FailureStreak(2), BreakDuration = BreakDuration.Fixed(TimeSpan.FromSeconds(30)) }).Fail(2);

        var entry = Assert.Single(_log.Entries);
        Assert.Equal("Circuit payments opened: closed -> open (FailureStreak 2 >= 2), break duration 30s, signal 1.", entry.Text);
        Assert.Equal(
            new Dictionary<string, object?>
            {
                ["CircuitName"] = "payments",
                ["OldState"] = "closed",
                ["NewState"] = "open",
                ["Reason"] = "FailureStreak 2 >= 2",
                ["BreakText"] = "30s",
                ["BreakFor"] = TimeSpan.FromSeconds(30),
                ["SequenceNumber"] = 1L,
            },
            entry.Properties.Where(property => property.Key != "{OriginalFormat}").ToDictionary()
        );
    }

    [Fact]
    public void A_break_with_jitter_is_rounded_in_the_text_and_exact_in_the_property()
    {
        var exactly = TimeSpan.FromTicks(90_468_462);
        World(new() { BreakDuration = BreakDuration.Fixed(exactly) }).Breaker.Trip();

        var entry = Assert.Single(_log.Entries);
        Assert.Contains(", break duration 9.05s, signal 1.", entry.Text);
        Assert.Equal(exactly, entry.Properties["BreakFor"]);
    }

    [Fact]
    public void A_break_until_reset_is_logged_in_words()
    {
        World(new() { BreakDuration = BreakDuration.UntilReset }).Breaker.Trip("enough");

        Assert.Equal(
            "Circuit payments opened: closed -> open (enough), break duration until reset, signal 1.",
            Assert.Single(_log.Entries).Text
        );
    }

    [Fact]
    public void A_state_other_than_open_has_no_break()
    {
        var breaker = World().Breaker;
        breaker.Probe("deployment is over");

        var entry = Assert.Single(_log.Entries);
        Assert.Equal("Circuit payments half-opened: closed -> half_open (deployment is over), signal 1.", entry.Text);
        Assert.DoesNotContain("BreakFor", entry.Properties.Keys);
    }

    [Fact]
    public void A_would_trip_is_a_warning_with_its_reason()
    {
        World(new() { Tripper = Tripper.FailureStreak(2), InitialState = BreakerState.MetricsOnly }).Fail(2);

        Line(LogLevel.Warning, 11, "Circuit payments would have opened (FailureStreak 2 >= 2).");
    }

    [Fact]
    public void An_error_in_user_code_is_logged_with_its_exception()
    {
        var error = new InvalidTimeZoneException("no such place");
        World(new() { Tripper = new ThrowingTripper(error) }).Fail();

        Line(LogLevel.Error, 12, "The Tripper of circuit payments threw an exception.");
        Assert.Same(error, _log.Entries.Single().Exception);
    }

    [Fact]
    public async Task A_metric_family_that_throws_is_logged_when_the_page_is_read()
    {
        var error = new InvalidTimeZoneException("no such place");
        var metrics = new PrometheusMetrics();
        metrics.Add(MetricFamily.Gauge("orders_waiting", "Orders that wait for this circuit.", _ => throw error));
        using var services = DiContainer.Of(services =>
        {
            services.AddSingleton<ILogger<LogListener>>(_log);
            services.AddFluxgate().AddBreaker("payments");
            services.AddFluxgateListener<LogListener>().AddFluxgateListener(new PrometheusListener(metrics));
        });
        await services.StartAsync();
        Assert.Empty(_log.Entries);
        using var page = new MemoryStream();
        await metrics.WriteAsync(page);

        Line(LogLevel.Error, 12, "The Metric of circuit payments threw an exception.");
        Assert.Same(error, _log.Entries.Single().Exception);
    }

    [Fact]
    public void A_hostile_name_adds_no_line_and_is_no_template()
    {
        const string Name = "pay\r\nERROR forged {Reason} {0}\u001b[31m\u2028";
        var world = new World(new() { Tripper = Tripper.FailureStreak(1), Listeners = { new LogListener(_log) } }, Name);
        world.Breaker.Trip("a\nb {CircuitName}");
        world.Breaker.MetricsOnly();
        world.Fail();
        world.Breaker.Reconfigure(new() { Tripper = new ThrowingTripper(new TimeoutException()) });
        world.Fail();

        Assert.Equal([1, 6, 11, 14, 12], _log.Entries.Select(entry => entry.Id.Id));
        Assert.All(
            _log.Entries,
            entry =>
            {
                Assert.Contains("pay  ERROR forged {Reason} {0} [31m ", entry.Text, StringComparison.Ordinal);
                Assert.DoesNotContain(entry.Text, letter => char.IsControl(letter) || letter == '\u2028');
                Assert.Equal("pay  ERROR forged {Reason} {0} [31m ", entry.Properties["CircuitName"]);
            }
        );
        Assert.Contains("(a b {CircuitName})", _log.Entries.First().Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reconfiguration_is_logged_with_its_changes()
    {
        var world = World(new() { Tripper = Tripper.FailureStreak(2) });
        world.Breaker.Reconfigure(new() { Tripper = Tripper.FailureStreak(3) });

        Line(LogLevel.Information, 14, "Circuit payments was reconfigured: Tripper: FailureStreak(2) -> FailureStreak(3).");
    }

    [Fact]
    public async Task Dropped_signals_are_logged()
    {
        var release = new TaskCompletionSource();
        var started = new TaskCompletionSource();
        await using var breaker = new FluxgateBreaker(
            "payments",
            new()
            {
                ListenerQueueCapacity = 1,
                Listeners =
                {
                    new LogListener(_log),
                    async (_, _) =>
                    {
                        started.TrySetResult();
                        await release.Task;
                    },
                },
            }
        );

        breaker.Trip();
        await started.Task.WaitAsync(TimeSpan.FromSeconds(60));
        breaker.Probe();
        breaker.Reset();
        release.SetResult();

        var dropped = Assert.Single(_log.Entries, entry => entry.Id.Id == 13);
        Assert.Equal(
            (LogLevel.Warning, "A listener of circuit payments was too slow: signal 2 (open -> half_open) was dropped."),
            (dropped.Level, dropped.Text)
        );
    }

    [Fact]
    public void Nothing_is_formatted_for_a_disabled_level()
    {
        var logger = Substitute.For<ILogger<LogListener>>();
        var world = new World(new() { Tripper = Tripper.FailureStreak(1), Listeners = { new LogListener(logger) } });
        world.Breaker.Reconfigure(new() { Tripper = Tripper.FailureStreak(2) });
        world.Breaker.Trip();
        world.Breaker.MetricsOnly();
        world.Fail(2);

        logger.Received().IsEnabled(LogLevel.Error);
        Assert.DoesNotContain(logger.ReceivedCalls(), call => call.GetMethodInfo().Name == nameof(ILogger.Log));
    }

    [Fact]
    public void A_log_of_errors_only_receives_only_the_opening()
    {
        var log = new RecordedLog<LogListener>(LogLevel.Error);
        var world = new World(new() { Listeners = { new LogListener(log) } });
        world.Breaker.Trip();
        world.Breaker.Reset();

        Assert.Equal("CircuitOpened", Assert.Single(log.Entries).Id.Name);
    }

    [Fact]
    public void An_unknown_kind_of_notice_is_ignored() => Assert.Null(Record.Exception(() => new LogListener(_log).OnNotice(null!)));

    [Fact]
    public void The_log_is_required() => Assert.Throws<ArgumentNullException>(() => new LogListener(null!));

    [Fact]
    public void A_host_creates_the_listener_with_its_logging()
    {
        var host = Host.CreateApplicationBuilder();
        host.Logging.ClearProviders();
        host.Services.AddSingleton<ILogger<LogListener>>(_log).AddSingleton<LogListener>();
        using var built = host.Build();
        using var breaker = new FluxgateBreaker("payments", new() { Listeners = { built.Services.GetRequiredService<LogListener>() } });

        breaker.Trip();

        Assert.Single(_log.Entries);
    }

    private World World(FluxgateBreakerSettings? settings = null)
    {
        settings ??= new();
        settings.Listeners.Add(new LogListener(_log));
        return new(settings);
    }

    private void Line(LogLevel level, int id, string text)
    {
        var entry = Assert.Single(_log.Entries);
        Assert.Equal((level, id, text), (entry.Level, entry.Id.Id, entry.Text));
    }
}
