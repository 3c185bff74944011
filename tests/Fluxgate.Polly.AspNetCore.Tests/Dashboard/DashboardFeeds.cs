using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Fluxgate;

/// <summary>What viewers receive, in virtual time: a reading is made when the viewer joins and after each second.</summary>
public sealed class DashboardFeeds
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly VirtualTime _time = new();

    [Fact]
    public async Task A_viewer_receives_everything_and_then_the_changes()
    {
        await using var application = await StartAsync();
        await using var viewer = await EventReader.OpenAsync(application);
        var full = await viewer.NextAsync("full");
        Assert.Equal(["group:tenants", "circuit:payments"], IdsOf(full));
        Assert.Equal(2, full.GetProperty("logs").GetArrayLength());

        _time.Advance(Second);
        await viewer.NextAsync("changes");
        _time.Advance(Second);
        Assert.Empty(IdsOf(await viewer.NextAsync("changes")));

        application.Payments.Trip("down");
        _time.Advance(Second);
        var changes = await viewer.NextAsync("changes");
        var row = Assert.Single(changes.GetProperty("rows").EnumerateArray());

        Assert.Equal(("open", "down"), (row.GetProperty("state").GetString(), row.GetProperty("reason").GetString()));
        var transition = row.GetProperty("transition");
        Assert.Equal(
            ("closed", "open", "down", 0),
            (
                transition.GetProperty("from").GetString(),
                transition.GetProperty("to").GetString(),
                transition.GetProperty("reason").GetString(),
                transition.GetProperty("missed").GetInt32()
            )
        );
    }

    [Fact]
    public async Task An_idle_circuit_is_not_sent_again()
    {
        await using var application = await StartAsync();
        await using var viewer = await EventReader.OpenAsync(application);
        await viewer.NextAsync("full");
        _time.Advance(Second);

        // The rates are known from the second reading on.
        Assert.Equal(2, IdsOf(await viewer.NextAsync("changes")).Count());
        for (var second = 0; second < 20; second++)
        {
            _time.Advance(Second);
            Assert.Empty(IdsOf(await viewer.NextAsync("changes")));
        }
    }

    [Fact]
    public async Task All_viewers_are_sent_the_same_bytes_of_one_reading()
    {
        await using var application = await StartAsync();
        await using var one = await EventReader.OpenAsync(application);
        await one.NextAsync("full");
        await using var other = await EventReader.OpenAsync(application);

        // The second viewer joins the reading that exists.
        Assert.Equal(1, (await other.NextAsync("full")).GetProperty("number").GetInt32());
        var frame = await application.Feed.NextAsync(seen: 0, default);
        Assert.Same(frame.Full, frame.Full);
        Assert.Same(frame, await application.Feed.NextAsync(seen: 0, default));

        _time.Advance(Second);
        var (first, second) = (await one.NextAsync("changes"), await other.NextAsync("changes"));
        Assert.Equal(first.GetRawText(), second.GetRawText());
        Assert.Equal(2, first.GetProperty("number").GetInt32());
    }

    [Fact]
    public async Task Nothing_runs_while_nobody_looks()
    {
        await using var application = await StartAsync();
        application.Payments.Admit().Settle(Verdict.Success);
        var before = _time.ArmedTimers;
        Assert.Equal(0, application.Feed.Viewers);

        var viewer = await EventReader.OpenAsync(application);
        await viewer.NextAsync("full");
        Assert.Equal(1, application.Feed.Viewers);
        Assert.True(_time.ArmedTimers > before, "The feed has set its timer.");

        await viewer.DisposeAsync();
        await ScrapeWaiting.UntilAsync(() => application.Feed.Viewers == 0, "the viewer to leave");
        await ScrapeWaiting.UntilAsync(() => _time.ArmedTimers == before, "the timers to be disposed");
        var (reads, fired) = (_time.TimestampReads, _time.TimersFired);
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal((reads, fired), (_time.TimestampReads, _time.TimersFired));
    }

    [Fact]
    public async Task Nothing_runs_after_the_last_viewer_left_during_a_reading()
    {
        await using var application = await StartAsync();
        var (feed, before) = (application.Feed, _time.ArmedTimers);
        _time.BeforeNextRead = feed.Leave;

        Assert.True(feed.TryJoin());

        Assert.Equal((0, before), (feed.Viewers, _time.ArmedTimers));
        Assert.False(feed.NextAsync(seen: 0, default).IsCompleted);
    }

    [Fact]
    public async Task A_reading_that_fails_is_logged_and_the_next_one_is_sent()
    {
        var fleet = new ScriptedFleet();
        await using var application = await DashboardApplication.StartAsync(services: fleet.Register, time: _time);
        await using var viewer = await EventReader.OpenAsync(application);
        await viewer.NextAsync("full");

        application.Payments.Trip();
        fleet.Failure = new InvalidOperationException("the view is broken");
        _time.Advance(Second);
        fleet.Failure = null;
        _time.Advance(Second);

        Assert.Equal("open", RowOf(await viewer.NextAsync("changes")).GetProperty("state").GetString());
        Assert.Equal("DashboardReadingFailed: The circuits could not be read for the dashboard.", Assert.Single(application.Log.Dashboard));
        Assert.Contains("the view is broken", Assert.Single(application.Log.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_circuit_never_has_a_listener_of_the_dashboard()
    {
        await using var application = await StartAsync();
        await using var viewer = await EventReader.OpenAsync(application);
        await viewer.NextAsync("full");

        // A breaker with a listener would deliver its signals on the thread that causes them.
        var field = typeof(FluxgateBreaker).GetField(
            "_listeners",
            System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance
        )!;
        Assert.Empty((System.Collections.ICollection)field.GetValue(application.Payments)!);
    }

    [Fact]
    public async Task Histories_are_recorded_from_the_first_viewer_on_and_are_bounded()
    {
        await using var application = await StartAsync();
        application.Payments.Admit().Settle(Verdict.Failure);
        await using var first = await EventReader.OpenAsync(application);
        Assert.Equal(0, SumOf(await first.NextAsync("full"), "failed"));

        for (var second = 0; second < 400; second++)
        {
            application.Payments.Admit().Settle(Verdict.Success);
            _time.Advance(Second);
            await first.NextAsync("changes");
        }

        await using var later = await EventReader.OpenAsync(application);
        var full = await later.NextAsync("full");
        Assert.Equal(CircuitHistory.Buckets, LogOf(full).GetProperty("buckets").GetArrayLength());
        Assert.InRange(SumOf(full, "succeeded"), 295, 300);
        Assert.Equal(1, RowOf(full).GetProperty("callsPerSecond").GetDouble());
    }

    [Fact]
    public async Task Transitions_between_two_readings_are_counted()
    {
        await using var application = await StartAsync();
        await using var viewer = await EventReader.OpenAsync(application);
        await viewer.NextAsync("full");

        application.Payments.Trip("first");
        application.Payments.Probe("second");
        application.Payments.Disable("third");
        _time.Advance(Second);
        var transition = RowOf(await viewer.NextAsync("changes")).GetProperty("transition");

        Assert.Equal(
            ("disabled", "third", 2, 3),
            (
                transition.GetProperty("to").GetString(),
                transition.GetProperty("reason").GetString(),
                transition.GetProperty("missed").GetInt32(),
                transition.GetProperty("number").GetInt32()
            )
        );
        Assert.False(transition.TryGetProperty("from", out _));
        var shown = (await application.GetAsync("/api/circuit?name=payments")).GetProperty("transitions");
        Assert.Equal("third", Assert.Single(shown.EnumerateArray()).GetProperty("reason").GetString());
    }

    [Fact]
    public async Task The_number_of_kept_transitions_is_bounded()
    {
        await using var application = await StartAsync();
        await using var viewer = await EventReader.OpenAsync(application);
        await viewer.NextAsync("full");
        for (var number = 1; number <= CircuitHistory.MostTransitions + 10; number++)
        {
            application.Payments.Reset();
            application.Payments.Trip($"{number}");
            _time.Advance(Second);
            await viewer.NextAsync("changes");
        }

        var kept = (await application.GetAsync("/api/circuit?name=payments")).GetProperty("transitions").EnumerateArray().ToArray();

        Assert.Equal(CircuitHistory.MostTransitions, kept.Length);
        Assert.Equal(("60", "11"), (kept[0].GetProperty("reason").GetString(), kept[^1].GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task Calls_while_nobody_looked_are_in_no_bucket()
    {
        await using var application = await StartAsync();
        var viewer = await EventReader.OpenAsync(application);
        await viewer.NextAsync("full");
        await viewer.DisposeAsync();
        await ScrapeWaiting.UntilAsync(() => application.Feed.Viewers == 0, "the viewer to leave");
        application.Payments.Admit().Settle(Verdict.Success);
        application.Payments.Trip();
        _time.Advance(TimeSpan.FromSeconds(30));

        await using var again = await EventReader.OpenAsync(application);
        var full = await again.NextAsync("full");

        Assert.Equal(0, SumOf(full, "succeeded"));
        Assert.Equal(0, LogOf(full).GetProperty("buckets").GetArrayLength());
        Assert.Equal(0, LogOf(full).GetProperty("transitions").GetArrayLength());
        Assert.False(RowOf(full).TryGetProperty("callsPerSecond", out _));
    }

    [Fact]
    public async Task A_viewer_of_one_circuit_receives_its_detail_each_second()
    {
        await using var application = await StartAsync();
        await using var viewer = await EventReader.OpenAsync(application, "?name=payments");
        await viewer.NextAsync("full");
        Assert.Equal("closed", (await viewer.NextAsync("detail")).GetProperty("circuit").GetProperty("state").GetString());

        application.Payments.Trip();
        _time.Advance(Second);
        await viewer.NextAsync("changes");
        Assert.Equal("open", (await viewer.NextAsync("detail")).GetProperty("circuit").GetProperty("state").GetString());
        await using var lost = await EventReader.OpenAsync(application, "?name=nobody");
        await lost.NextAsync("full");
        await lost.NextAsync("missing");
    }

    [Fact]
    public async Task Too_many_viewers_are_refused()
    {
        await using var application = await DashboardApplication.StartAsync(
            options =>
            {
                DashboardApplication.Guarded(options);
                options.MaxViewers = 1;
            },
            time: _time
        );
        var viewer = await EventReader.OpenAsync(application);
        using var refused = await application.SendAsync(HttpMethod.Get, "/api/events");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        await viewer.DisposeAsync();
        await ScrapeWaiting.UntilAsync(() => application.Feed.Viewers == 0, "the viewer to leave");
        await using var next = await EventReader.OpenAsync(application);
        await next.NextAsync("full");
    }

    [Fact]
    public async Task A_stream_ends_so_that_the_rights_are_checked_again()
    {
        await using var application = await StartAsync();
        await using var viewer = await EventReader.OpenAsync(application);
        await viewer.NextAsync("full");

        // Time does not outrun the sender: each frame has a deadline.
        for (var second = 1; second < EventStream.LongestStream.TotalSeconds; second++)
        {
            _time.Advance(Second);
            await viewer.NextAsync("changes");
        }

        _time.Advance(Second);
        while (await viewer.NextAsync() is not null) { }

        await ScrapeWaiting.UntilAsync(() => application.Feed.Viewers == 0, "the viewer to leave");
    }

    [Fact]
    public async Task The_application_stops_in_spite_of_its_viewers()
    {
        var application = await StartAsync();
        await using var viewer = await EventReader.OpenAsync(application);
        await viewer.NextAsync("full");

        // Fails after the deadline of the application's stop if the stream does not end.
        await application.DisposeAsync();

        Assert.Null(await viewer.NextAsync());
    }

    [Fact]
    public async Task A_slow_viewer_skips_frames_and_disturbs_nobody()
    {
        await using var application = await DashboardApplication.StartAsync(
            DashboardApplication.Guarded,
            services =>
            {
                var fluxgate = services.AddFluxgate();
                for (var number = 0; number < 2000; number++)
                {
                    fluxgate.AddBreaker($"{number}");
                }
            },
            time: _time
        );
        foreach (var breaker in application.Breakers)
        {
            // A frame of more than 10 MB, which no buffer of a connection holds.
            breaker.ForceOpen(new string('x', 5000));
        }

        using var slow = new TcpClient { ReceiveBufferSize = 4096 };
        await slow.ConnectAsync("127.0.0.1", application.Client.BaseAddress!.Port);
        await slow.GetStream()
            .WriteAsync(
                Encoding.ASCII.GetBytes("GET /circuits/api/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer staff\r\n\r\n")
            );
        await ScrapeWaiting.UntilAsync(() => slow.Available > 0, "the start of sending");
        await using var viewer = await EventReader.OpenAsync(application);
        await viewer.NextAsync("full");

        for (var second = 0; second < 10; second++)
        {
            _time.Advance(Second);
            await viewer.NextAsync("changes");
        }

        // The slow viewer has not read a byte. What it gets now is one frame, and then all of the latest one.
        using var lines = new StreamReader(slow.GetStream());
        var names = new List<string>();
        while (names.Count < 2)
        {
            if (
                await lines.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)) is { } line
                && line.StartsWith("event: ", StringComparison.Ordinal)
            )
            {
                names.Add(line);
            }
        }

        Assert.Equal(["event: full", "event: full"], names);
        Assert.Empty(application.Log.Errors);
    }

    [Fact]
    public async Task A_viewer_that_does_not_read_is_disconnected()
    {
        await using var application = await StartAsync();
        var (context, connection) = (new DefaultHttpContext(), new Connection());
        context.Features.Set<IHttpRequestLifetimeFeature>(connection);
        context.Response.Body = new Pipe(new(pauseWriterThreshold: 1, resumeWriterThreshold: 1)).Writer.AsStream();
        var handling = new EventStream(application.Feed, new(application.Breakers), _time, default).HandleAsync(context);
        Assert.Equal(1, application.Feed.Viewers);

        _time.Advance(EventStream.LongestSend - Second);
        Assert.Equal((false, 1), (connection.IsAborted, application.Feed.Viewers));
        _time.Advance(Second);
        await handling.WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal((true, 0), (connection.IsAborted, application.Feed.Viewers));
    }

    private Task<DashboardApplication> StartAsync() => DashboardApplication.StartAsync(time: _time);

    private static IEnumerable<string?> IdsOf(JsonElement frame) =>
        frame.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("id").GetString());

    private static JsonElement RowOf(JsonElement frame) =>
        frame.GetProperty("rows").EnumerateArray().Single(row => row.GetProperty("id").GetString() == "circuit:payments");

    private static JsonElement LogOf(JsonElement full) => full.GetProperty("logs")[IdsOf(full).ToList().IndexOf("circuit:payments")];

    private static long SumOf(JsonElement full, string count) =>
        LogOf(full).GetProperty("buckets").EnumerateArray().Sum(bucket => bucket.GetProperty(count).GetInt64());

    private sealed class Connection : IHttpRequestLifetimeFeature
    {
        public bool IsAborted { get; private set; }

        public CancellationToken RequestAborted { get; set; }

        public void Abort() => IsAborted = true;
    }
}
