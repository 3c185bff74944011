using System.Net;
using System.Net.Sockets;

namespace Fluxgate;

public sealed class SlackRetries
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    // Longer than the waits between attempts, shorter than the timeout of a request.
    private readonly JumpingTime _time = new(TimeSpan.FromSeconds(9));

    [Theory]
    [InlineData(429, "")]
    [InlineData(429, """{"ok":false,"error":"ratelimited"}""")]
    [InlineData(503, "")]
    public async Task A_Retry_After_of_Slack_delays_the_retry(int status, string body)
    {
        await using var world = await SlackWorld.StartAsync(time: _time);
        world.Slack.Answers(SlackServer.Answer(status, body, retryAfterSeconds: 7), world.Slack.Takes);

        await world.DoAsync(breaker => breaker.Trip());

        Assert.Equal(2, world.Slack.Calls.Count);
        Assert.Equal([TimeSpan.FromSeconds(7)], _time.Waits);
        Assert.Empty(world.Log.Entries);
    }

    [Theory]
    [InlineData("ratelimited")]
    [InlineData("internal_error")]
    [InlineData("service_unavailable")]
    public async Task A_transient_error_of_Slack_is_retried(string error)
    {
        await using var world = await SlackWorld.StartAsync(time: _time);
        world.Slack.Answers(SlackServer.Refuses(error, retryAfterSeconds: 3), SlackServer.Refuses(error), world.Slack.Takes);

        await world.DoAsync(breaker => breaker.Trip());

        Assert.Equal([TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(2)], _time.Waits);
        Assert.Equal(3, world.Slack.Calls.Count);
        Assert.Empty(world.Log.Entries);
    }

    [Theory]
    [InlineData("invalid_auth")]
    [InlineData("channel_not_found")]
    [InlineData("not_in_channel")]
    public async Task A_permanent_error_of_Slack_is_reported_and_not_retried(string error)
    {
        await using var world = await SlackWorld.StartAsync(time: _time);
        world.Slack.Answers(SlackServer.Refuses(error));

        await world.DoAsync(breaker => breaker.Trip());

        Assert.Single(world.Slack.Calls);
        GaveUp(world, $"A Slack message about circuit payments was not posted: {error}, last attempt 1.");
    }

    [Theory]
    [InlineData(403, "invalid_token", "HTTP 403 invalid_token")]
    [InlineData(404, "no_service", "HTTP 404 no_service")]
    [InlineData(410, "channel_is_archived\n", "HTTP 410 channel_is_archived")]
    [InlineData(400, "<html>Something else</html>", "HTTP 400")]
    [InlineData(302, "", "HTTP 302")]
    public async Task A_webhook_that_refuses_is_reported_and_not_retried(int status, string body, string problem)
    {
        await using var world = await SlackWorld.StartAsync(webhook: true, time: _time);
        world.Slack.Answers(SlackServer.Answer(status, body));

        await world.DoAsync(breaker => breaker.Trip());

        Assert.Single(world.Slack.Calls);
        GaveUp(world, $"A Slack message about circuit payments was not posted: {problem}, last attempt 1.");
    }

    [Theory]
    [InlineData("")]
    [InlineData("ok")]
    [InlineData("[]")]
    [InlineData("""{"ok":"yes"}""")]
    [InlineData("""{"ok":false,"error":42}""")]
    [InlineData("""{"ok":false,"error":"Something Else"}""")]
    [InlineData("<html>Log in to the hotel's network</html>")]
    public async Task A_response_that_is_not_from_Slack_is_no_delivery(string body)
    {
        await using var world = await SlackWorld.StartAsync(time: _time);
        world.Slack.Answers(SlackServer.Answer(200, body));

        await world.DoAsync(breaker => breaker.Trip());

        GaveUp(world, "A Slack message about circuit payments was not posted: unexpected response, last attempt 1.");
    }

    [Fact]
    public async Task Server_errors_and_lost_connections_are_retried_with_backoff()
    {
        await using var world = await SlackWorld.StartAsync(time: _time);
        world.Slack.Answers(SlackServer.Answer(500), HttpUpstream.Resets, SlackServer.Answer(502, "<html>"), world.Slack.Takes);

        await world.DoAsync(breaker => breaker.Trip());

        Assert.Equal([TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4)], _time.Waits);
        Assert.Empty(world.Log.Entries);
    }

    [Fact]
    public async Task The_listener_gives_up_after_MaxAttempts()
    {
        await using var world = await SlackWorld.StartAsync(options => options.MaxAttempts = 3, time: _time);
        world.Slack.Answers(SlackServer.Answer(500));

        await world.DoAsync(breaker => breaker.Trip()).WaitAsync(Deadline);

        Assert.Equal(3, world.Slack.Calls.Count);
        GaveUp(world, "A Slack message about circuit payments was not posted: HTTP 500, last attempt 3.");
    }

    [Fact]
    public async Task The_listener_gives_up_after_GiveUpAfter()
    {
        await using var world = await SlackWorld.StartAsync(
            options => (options.MaxAttempts, options.GiveUpAfter) = (100, TimeSpan.FromSeconds(30)),
            time: _time
        );
        world.Slack.Answers(SlackServer.Answer(500));

        await world.DoAsync(breaker => breaker.Trip()).WaitAsync(Deadline);

        // 1, 2, 4 and 8 s are 15 s; another 16 s would exceed the limit.
        Assert.Equal(5, world.Slack.Calls.Count);
        GaveUp(world, "A Slack message about circuit payments was not posted: HTTP 500, last attempt 5.");
    }

    [Fact]
    public async Task A_Retry_After_beyond_GiveUpAfter_stops_retrying()
    {
        await using var world = await SlackWorld.StartAsync(time: _time);
        world.Slack.Answers(SlackServer.Answer(429, retryAfterSeconds: 3_600));

        await world.DoAsync(breaker => breaker.Trip()).WaitAsync(Deadline);

        Assert.Empty(_time.Waits);
        GaveUp(world, "A Slack message about circuit payments was not posted: HTTP 429, last attempt 1.");
    }

    [Fact]
    public async Task A_refused_connection_is_reported_by_its_kind()
    {
        // A port that is bound, so that no other program uses it, but does not listen.
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var world = await SlackWorld.StartAsync(
            options => (options.MaxAttempts, options.ApiAddress) = (2, new($"http://{taken.LocalEndPoint}/api/")),
            time: _time
        );

        await world.DoAsync(breaker => breaker.Trip());

        GaveUp(world, "A Slack message about circuit payments was not posted: HttpRequestException ConnectionError, last attempt 2.");
    }

    [Fact]
    public async Task A_server_that_does_not_respond_is_left_after_RequestTimeout()
    {
        var time = new VirtualTime();
        await using var world = await SlackWorld.StartAsync(options => options.MaxAttempts = 1, time: time);
        world.Slack.Answers(world.Slack.Hangs);

        var doing = world.DoAsync(breaker => breaker.Trip());
        await world.Slack.Hanging.WaitAsync(Deadline);
        Assert.False(doing.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(10));

        await doing.WaitAsync(Deadline);
        GaveUp(world, "A Slack message about circuit payments was not posted: no response within 10 s, last attempt 1.");
    }

    [Fact]
    public async Task A_server_that_does_not_respond_is_left_after_GiveUpAfter()
    {
        var time = new VirtualTime();
        await using var world = await SlackWorld.StartAsync(options => options.GiveUpAfter = TimeSpan.FromSeconds(4), time: time);
        world.Slack.Answers(world.Slack.Hangs);

        var doing = world.DoAsync(breaker => breaker.Trip());
        await world.Slack.Hanging.WaitAsync(Deadline);
        time.Advance(TimeSpan.FromSeconds(4));

        await doing.WaitAsync(Deadline);
        GaveUp(world, "A Slack message about circuit payments was not posted: no response within 4 s, last attempt 1.");
    }

    [Fact]
    public async Task An_endless_response_is_read_up_to_a_limit()
    {
        await using var world = await SlackWorld.StartAsync(time: _time);
        world.Slack.Answers(SlackServer.Answer(200, new string('{', 1_000_000)));

        await world.DoAsync(breaker => breaker.Trip()).WaitAsync(Deadline);

        GaveUp(world, "A Slack message about circuit payments was not posted: unexpected response, last attempt 1.");
    }

    [Fact]
    public async Task A_canceled_post_is_not_logged()
    {
        var time = new VirtualTime();
        await using var world = await SlackWorld.StartAsync(time: time);
        world.Slack.Answers(world.Slack.Hangs);
        using var ending = new CancellationTokenSource();

        var doing = world.DoAsync(breaker => breaker.Trip(), cancellationToken: ending.Token);
        await world.Slack.Hanging.WaitAsync(Deadline);
        await ending.CancelAsync();

        await doing.WaitAsync(Deadline);
        Assert.Empty(world.Log.Entries);
    }

    [Fact]
    public async Task A_disposed_breaker_posts_its_last_signals()
    {
        await using var world = await SlackWorld.StartAsync();
        var breaker = new FluxgateBreaker(
            "payments",
            new() { Listeners = { world.Listener }, ListenerFlushTimeout = TimeSpan.FromSeconds(60) }
        );
        breaker.Trip();
        breaker.Reset();

        await breaker.DisposeAsync();

        Assert.Equal([false, true], world.Slack.Calls.Select(call => call.Broadcast));
        Assert.Equal(0, breaker.Snapshot().UserErrors(UserErrorSource.Listener));
    }

    [Fact]
    public async Task A_lost_message_does_not_prevent_the_next_one()
    {
        await using var world = await SlackWorld.StartAsync(time: _time);
        world.Slack.Answers(SlackServer.Refuses("is_archived"), world.Slack.Takes);

        await world.DoAsync(breaker => breaker.Trip());
        await world.DoAsync(breaker => breaker.Reset());

        Assert.Equal(2, world.Slack.Calls.Count);
        Assert.Single(world.Log.Entries);
    }

    private static void GaveUp(SlackWorld world, string text)
    {
        var entry = Assert.Single(world.Log.Entries);
        Assert.Equal((21, "SlackPostFailed", text), (entry.Id.Id, entry.Id.Name, entry.Text));
    }
}
