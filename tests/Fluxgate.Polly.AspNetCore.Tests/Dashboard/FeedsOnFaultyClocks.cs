using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fluxgate;

/// <summary>Checks that a clock, timers or loggers of a user that throw or hang neither end the feed nor block it.</summary>
public sealed class FeedsOnFaultyClocks : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly ServiceProvider _services;
    private readonly CircuitSource _source;
    private readonly FaultyTimers _time = new();

    public FeedsOnFaultyClocks()
    {
        var services = new ServiceCollection();
        services.AddFluxgate().AddBreaker("payments");
        _services = services.BuildServiceProvider();
        _source = new(_services.GetRequiredService<FluxgateBreakers>());
    }

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task Without_a_timer_the_streams_end_and_the_next_viewer_starts_it()
    {
        var feed = FeedOn(_time);
        _time.CreationFails = true;
        Assert.True(feed.TryJoin());
        var first = await feed.NextAsync(seen: 0, default).WaitAsync(Deadline);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => feed.NextAsync(first.Number, default).WaitAsync(Deadline));

        _time.CreationFails = false;
        Assert.True(feed.TryJoin());
        var second = await feed.NextAsync(first.Number, default).WaitAsync(Deadline);
        _time.Inner.Advance(DashboardFeed.Interval);

        Assert.True((await feed.NextAsync(second.Number, default).WaitAsync(Deadline)).Number > second.Number);
    }

    [Fact]
    public async Task A_timer_that_cannot_be_disposed_does_not_keep_viewers_away()
    {
        var feed = FeedOn(_time);
        _time.DisposalFails = true;
        Assert.True(feed.TryJoin());
        _time.Inner.Advance(DashboardFeed.Interval);
        feed.Leave();
        Assert.Equal((0, 0), (feed.Viewers, _time.Inner.ArmedTimers));

        Assert.True(feed.TryJoin());
        var frame = await feed.NextAsync(seen: 0, default).WaitAsync(Deadline);
        _time.Inner.Advance(DashboardFeed.Interval);

        Assert.True((await feed.NextAsync(frame.Number, default).WaitAsync(Deadline)).Number > frame.Number);
    }

    [Fact]
    public void Timers_are_created_and_disposed_outside_the_lock()
    {
        var (feed, uses, blocked) = ((DashboardFeed?)null, 0, 0);
        var time = new Hooks(() =>
        {
            uses++;
            blocked += Task.Run(() => feed!.Viewers).Wait(Deadline) ? 0 : 1;
        });
        feed = FeedOn(time);
        feed.TryJoin();
        feed.Leave();

        Assert.Equal((2, 0), (uses, blocked));
    }

    [Fact]
    public async Task A_viewer_whose_stream_cannot_be_timed_leaves()
    {
        var feed = FeedOn(_time);
        _time.CreationFails = true;
        var stream = new EventStream(feed, _source, _time, default);

        await Assert.ThrowsAsync<InvalidOperationException>(() => stream.HandleAsync(new DefaultHttpContext()));

        Assert.Equal(0, feed.Viewers);
    }

    [Fact]
    public async Task A_log_that_throws_does_not_end_the_readings()
    {
        var fleet = new ScriptedFleet();
        await using var application = await DashboardApplication.StartAsync(
            services: services =>
            {
                fleet.Register(services);
                services.AddLogging(logging => logging.AddProvider(new FullDisk()));
            },
            time: _time
        );
        await using var viewer = await EventReader.OpenAsync(application);
        await viewer.NextAsync("full");

        fleet.Failure = new InvalidOperationException("the view is broken");
        _time.Inner.Advance(DashboardFeed.Interval);
        fleet.Failure = null;
        _time.Inner.Advance(DashboardFeed.Interval);

        Assert.Equal(2, (await viewer.NextAsync("changes")).GetProperty("number").GetInt32());
    }

    [Fact]
    public async Task A_shared_reading_reads_the_clock_outside_its_lock()
    {
        var time = new VirtualTime();
        var reading = new SharedReading<object>(() => Task.FromResult(new object()), time);
        var isFree = false;
        time.BeforeNextRead = () => isFree = Task.Run(reading.Forget).Wait(Deadline);
        await reading.GetAsync();

        Assert.True(isFree);
    }

    private DashboardFeed FeedOn(TimeProvider time) => new(_source, fleet: null, time, NullLogger.Instance, maxViewers: 2);

    /// <summary>A clock that runs an action when a timer is created or disposed. Its timers never fire.</summary>
    private sealed class Hooks(Action onTimer) : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            onTimer();
            return new HookedTimer(onTimer);
        }

        private sealed class HookedTimer(Action onDisposal) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose() => onDisposal();

            public ValueTask DisposeAsync()
            {
                Dispose();
                return default;
            }
        }
    }

    private sealed class FullDisk : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => categoryName == ControlLog.Category ? this : NullLogger.Instance;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => throw new InvalidOperationException("disk full");

        public void Dispose() { }
    }
}
