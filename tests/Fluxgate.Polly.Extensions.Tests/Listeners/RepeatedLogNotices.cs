using Microsoft.Extensions.Logging;
using Polly;

namespace Fluxgate;

/// <summary>Checks that repeated notices are not written for every call: the first at once, then their number once a minute.</summary>
public sealed class RepeatedLogNotices
{
    private readonly RecordedLog<LogListener> _log = new();

    [Fact]
    public void A_predicate_that_throws_on_every_call_is_logged_once_and_counted()
    {
        var world = World();
        Calls(world, 1_000);

        Assert.Equal([12], Events());
        world.Wait(60);

        Assert.Equal([12, 15], Events());
        var counted = _log.Entries.Last();
        Assert.Equal(
            "Circuit payments: 999 more notices were not logged within 1m: its Predicate threw InvalidOperationException.",
            counted.Text
        );
        Assert.Equal((LogLevel.Warning, "CircuitNoticesOmitted", 999L), (counted.Level, counted.Id.Name, counted.Properties["Omitted"]));
        Assert.Equal(1_000, world.Now.UserErrors(UserErrorSource.Predicate));
    }

    [Fact]
    public void Repeated_notices_are_one_entry_a_minute_and_all_are_counted()
    {
        var world = World();
        for (var second = 0; second < 600; second++)
        {
            Calls(world, 10);
            world.Wait(1);
        }

        world.Wait(120);
        Assert.Equal([12, .. Enumerable.Repeat(15, 10)], Events());
        Assert.Equal(5_999L, _log.Entries.Skip(1).Sum(entry => (long)entry.Properties["Omitted"]!));
    }

    [Fact]
    public void After_a_minute_without_a_notice_the_next_is_logged_at_once()
    {
        var world = World();
        Calls(world, 1);
        world.Wait(60);
        Assert.Equal(0, world.Time.ArmedTimers);
        Calls(world, 1);

        Assert.Equal([12, 12], Events());
        Assert.All(_log.Entries, entry => Assert.IsType<InvalidOperationException>(entry.Exception));
    }

    [Fact]
    public void Another_circuit_source_or_exception_is_logged_at_once()
    {
        var (payments, orders) = (World(), World("orders"));
        Calls(payments, 5);
        Calls(orders, 5);
        Calls(payments, 5, new FormatException());
        payments.Breaker.Reconfigure(new() { Tripper = new ThrowingTripper(new InvalidOperationException()) });
        payments.Fail(5);

        Assert.Equal([12, 12, 12, 14, 12], Events());
    }

    [Fact]
    public void Would_trips_are_limited_too()
    {
        var world = World(settings: new() { Tripper = Tripper.FailureStreak(1), InitialState = BreakerState.MetricsOnly });
        world.Fail(100);
        world.Wait(60);

        Assert.Equal([11, 15], Events());
        Assert.Equal("Circuit payments: 99 more notices were not logged within 1m: it would have opened.", _log.Entries.Last().Text);
    }

    [Fact]
    public void Transitions_and_reconfigurations_are_all_logged()
    {
        var world = World();
        for (var i = 1; i <= 100; i++)
        {
            world.Breaker.Trip();
            world.Breaker.Reset();
            world.Breaker.Reconfigure(new() { Tripper = Tripper.FailureStreak(i) });
        }

        Assert.Equal(300, _log.Entries.Count);
    }

    [Fact]
    public void Omitted_notices_are_logged_when_the_breaker_is_disposed()
    {
        var world = World();
        Calls(world, 3);
        world.Breaker.Dispose();

        Assert.Equal([12, 15], Events());
        Assert.Equal(2L, _log.Entries.Last().Properties["Omitted"]);
        Assert.Equal(0, world.Time.ArmedTimers);
    }

    [Fact]
    public void A_log_that_throws_does_not_throw_on_the_timers_thread()
    {
        var world = new World(new() { Listeners = { new LogListener(new Broken()) } });
        Calls(world, 3);

        world.Wait(60);
    }

    private World World(string name = "payments", FluxgateBreakerSettings? settings = null)
    {
        settings ??= new();
        settings.Listeners.Add(new LogListener(_log));
        return new(settings, name);
    }

    private static void Calls(World world, int calls, Exception? thrown = null)
    {
        var options = new FluxgateBreakerOptions
        {
            Breaker = world.Breaker,
            Tracker = Tracker.When(_ => throw thrown ?? new InvalidOperationException()),
        };
        var pipeline = new ResiliencePipelineBuilder().AddFluxgateBreaker(options).Build();
        for (var call = 0; call < calls; call++)
        {
            Assert.Throws<TimeoutException>(() => pipeline.Execute(() => throw new TimeoutException()));
        }
    }

    private IEnumerable<int> Events() => _log.Entries.Select(entry => entry.Id.Id);

    private sealed class Broken : ILogger<LogListener>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => throw new InvalidOperationException();
    }
}
