namespace Fluxgate;

public sealed class SlackThreads
{
    private const string First = "1700000000.000001";

    [Fact]
    public async Task An_outage_is_one_thread_and_its_end_is_broadcast()
    {
        await using var world = await SlackWorld.StartAsync();

        await world.DoAsync(breaker => breaker.Trip());
        await world.DoAsync(breaker => breaker.Probe());
        await world.DoAsync(breaker => breaker.Trip());
        await world.DoAsync(breaker => breaker.Probe());
        await world.DoAsync(breaker => breaker.Reset());

        Assert.Equal(
            [(null, false), (First, false), (First, false), (First, false), (First, true)],
            world.Posts.Select(post => (post.Thread, post.Broadcast))
        );
    }

    [Fact]
    public async Task A_message_is_posted_to_the_channel_with_the_token()
    {
        await using var world = await SlackWorld.StartAsync();

        await world.DoAsync(breaker => breaker.Trip("the vendor called"));

        var call = Assert.Single(world.Slack.Calls);
        Assert.Equal(("/api/chat.postMessage", $"Bearer {SlackServer.Token}"), (call.Path, call.Authorization));
        Assert.Equal("#alerts", call.Body.GetProperty("channel").GetString());
        Assert.Equal(":red_circle: *payments* is open, calls are rejected for 1 min: the vendor called", call.Text);
    }

    [Fact]
    public async Task The_next_outage_has_its_own_thread()
    {
        await using var world = await SlackWorld.StartAsync();

        await world.DoAsync(breaker => breaker.Trip());
        await world.DoAsync(breaker => breaker.Reset());
        await world.DoAsync(breaker => breaker.Trip());
        await world.DoAsync(breaker => breaker.Probe());

        Assert.Equal([null, First, null, "1700000000.000003"], world.Posts.Select(post => post.Thread));
    }

    [Fact]
    public async Task ForceOpen_starts_an_outage()
    {
        await using var world = await SlackWorld.StartAsync();

        await world.DoAsync(breaker => breaker.ForceOpen());
        await world.DoAsync(breaker => breaker.Reset());

        Assert.Equal([(null, false), (First, true)], world.Posts.Select(post => (post.Thread, post.Broadcast)));
    }

    [Fact]
    public async Task Disable_and_MetricsOnly_end_an_outage()
    {
        foreach (var end in (Action<FluxgateBreaker>[])[breaker => breaker.Disable(), breaker => breaker.MetricsOnly()])
        {
            await using var world = await SlackWorld.StartAsync();

            await world.DoAsync(breaker => breaker.Trip());
            await world.DoAsync(end);
            await world.DoAsync(breaker => breaker.Trip());

            Assert.Equal([(null, false), (First, true), (null, false)], world.Posts.Select(post => (post.Thread, post.Broadcast)));
        }
    }

    [Fact]
    public async Task A_transition_outside_an_outage_starts_no_thread()
    {
        await using var world = await SlackWorld.StartAsync();

        await world.DoAsync(breaker => breaker.Probe());
        await world.DoAsync(breaker => breaker.Reset());
        await world.DoAsync(breaker => breaker.MetricsOnly());
        await world.DoAsync(breaker => breaker.Disable());

        Assert.Equal(4, world.Posts.Count());
        Assert.All(world.Posts, post => Assert.Equal((null, false), (post.Thread, post.Broadcast)));
    }

    [Fact]
    public async Task A_thread_starts_with_the_next_message_if_the_first_was_lost()
    {
        await using var world = await SlackWorld.StartAsync();
        world.Slack.Answers(SlackServer.Refuses("not_in_channel"), world.Slack.Takes);

        await world.DoAsync(breaker => breaker.Trip());
        await world.DoAsync(breaker => breaker.Probe());
        await world.DoAsync(breaker => breaker.Trip());
        await world.DoAsync(breaker => breaker.Reset());

        Assert.Equal(
            [(null, false), (null, false), (First, false), (First, true)],
            world.Posts.Select(post => (post.Thread, post.Broadcast))
        );
    }

    [Fact]
    public async Task Circuits_have_separate_threads()
    {
        await using var world = await SlackWorld.StartAsync();

        await world.DoAsync(breaker => breaker.Trip());
        await world.DoAsync(breaker => breaker.Trip(), "stock");
        await world.DoAsync(breaker => breaker.Reset());
        await world.DoAsync(breaker => breaker.Reset(), "stock");

        Assert.Equal([null, null, First, "1700000000.000002"], world.Posts.Select(post => post.Thread));
    }

    [Fact]
    public async Task A_webhook_receives_plain_messages()
    {
        await using var world = await SlackWorld.StartAsync(webhook: true);

        await world.DoAsync(breaker => breaker.Trip());
        await world.DoAsync(breaker => breaker.Reset());

        Assert.All(world.Slack.Calls, call => Assert.Equal((SlackServer.WebhookPath, null), (call.Path, call.Authorization)));
        Assert.All(world.Slack.Calls, call => Assert.Equal(["text"], call.Body.EnumerateObject().Select(property => property.Name)));
        Assert.Equal(2, world.Slack.Calls.Count);
        Assert.Empty(world.Log.Entries);
    }

    [Fact]
    public async Task One_listener_serves_many_breakers_concurrently()
    {
        await using var world = await SlackWorld.StartAsync();
        var breakers = Enumerable
            .Range(0, 20)
            .Select(number => new FluxgateBreaker(
                $"circuit {number}",
                new() { Listeners = { world.Listener }, ListenerFlushTimeout = TimeSpan.FromSeconds(60) }
            ))
            .ToList();

        Parallel.ForEach(
            breakers,
            breaker =>
            {
                breaker.Trip();
                breaker.Probe();
                breaker.Reset();
            }
        );
        await Task.WhenAll(breakers.Select(breaker => breaker.DisposeAsync().AsTask()));

        var threads = world.Slack.Calls.GroupBy(call => call.Text.Split('*')[1], StringComparer.Ordinal).ToList();
        Assert.Equal(20, threads.Count);
        Assert.All(
            threads,
            thread =>
            {
                Assert.Equal([false, false, true], thread.Select(call => call.Broadcast));
                Assert.Null(thread.First().Thread);
                Assert.NotNull(thread.Last().Thread);
            }
        );
        Assert.Equal(20, threads.Select(thread => thread.Last().Thread).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task A_detached_circuit_leaves_no_thread_behind()
    {
        await using var world = await SlackWorld.StartAsync();

        await world.DoAsync(breaker => breaker.Trip());
        await world.DoAsync(world.Listener.OnDetached);
        await world.DoAsync(breaker => breaker.Probe());

        Assert.Equal([null, null], world.Posts.Select(post => post.Thread));
    }
}
