using System.Diagnostics;

namespace Fluxgate;

/// <summary>Checks that notices that every call can cause are posted once a minute, and errors of Slack are logged once a minute.</summary>
public sealed class RepeatedSlackNotices
{
    [Fact]
    public async Task Repeated_notices_are_posted_once_a_minute_with_their_number()
    {
        var time = new VirtualTime();
        await using var world = await SlackWorld.StartAsync(
            options => options.NoticeMessage = notice => notice is WouldTripNotice ? "would open" : null,
            time: time
        );
        await world.DoAsync(breaker => breaker.Reconfigure(new() { Tripper = Tripper.FailureStreak(1) }));
        await world.DoAsync(breaker => breaker.MetricsOnly());
        for (var call = 0; call < 10; call++)
        {
            await world.DoAsync(breaker =>
            {
                Assert.True(breaker.TryAdmit(out var admission));
                admission.Settle(Verdict.Failure);
            });
        }

        Assert.Equal(["would open"], world.Posts.Skip(1).Select(post => post.Text));
        time.Advance(TimeSpan.FromMinutes(1));
        await UntilAsync(() => world.Slack.Calls.Count == 3);

        Assert.Equal("would open (×9)", world.Posts.Last().Text);
    }

    [Fact]
    public async Task Repeated_errors_of_Slack_are_logged_once_a_minute_with_their_number()
    {
        var time = new VirtualTime();
        await using var world = await SlackWorld.StartAsync(time: time);
        world.Slack.Answers(SlackServer.Refuses("invalid_auth"));
        for (var outage = 0; outage < 5; outage++)
        {
            await world.DoAsync(breaker => breaker.Trip());
            await world.DoAsync(breaker => breaker.Reset());
        }

        Assert.Equal([21], world.Log.Entries.Select(entry => entry.Id.Id));
        time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(
            "9 more Slack messages about circuit payments were not posted within 1m: invalid_auth.",
            world.Log.Entries.Last().Text
        );
    }

    [Fact]
    public async Task Omitted_notices_that_cannot_be_posted_are_logged()
    {
        var time = new FaultyTimers();
        await using var world = await SlackWorld.StartAsync(
            options => options.NoticeMessage = notice => notice is WouldTripNotice ? "would open" : null,
            time: time
        );
        await world.DoAsync(breaker => breaker.Reconfigure(new() { Tripper = Tripper.FailureStreak(1) }));
        await world.DoAsync(breaker => breaker.MetricsOnly());
        await world.DoAsync(breaker => breaker.Fail(2));
        Assert.Empty(world.Log.Entries);

        time.CreationFails = true;
        time.Inner.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(
            "A Slack message about circuit payments was not posted: InvalidOperationException, last attempt 1.",
            Assert.Single(world.Log.Entries).Text
        );
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var waited = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(60), "In vain.");
            await Task.Yield();
        }
    }
}
