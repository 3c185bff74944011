namespace Fluxgate;

public sealed class SlackTexts
{
    [Fact]
    public async Task Every_state_has_its_message()
    {
        await using var world = await SlackWorld.StartAsync();

        await world.DoAsync(breaker => breaker.Trip());
        await world.DoAsync(breaker => breaker.Probe());
        await world.DoAsync(breaker => breaker.Reset());
        await world.DoAsync(breaker => breaker.ForceOpen("maintenance"));
        await world.DoAsync(breaker => breaker.Disable("maintenance"));
        await world.DoAsync(breaker => breaker.MetricsOnly("maintenance"));

        Assert.Collection(
            world.Posts.Select(post => post.Text),
            text => Assert.StartsWith(":red_circle: *payments* is open, calls are rejected for 1 min: ", text, StringComparison.Ordinal),
            text =>
                Assert.StartsWith(
                    ":large_yellow_circle: *payments* is half-open, some calls are admitted as probes: ",
                    text,
                    StringComparison.Ordinal
                ),
            text => Assert.StartsWith(":large_green_circle: *payments* is closed, calls are admitted: ", text, StringComparison.Ordinal),
            text => Assert.Equal(":no_entry: *payments* is forced open, calls are rejected until it is reset: maintenance", text),
            text => Assert.Equal(":warning: *payments* is disabled, all calls are admitted and not recorded: maintenance", text),
            text => Assert.Equal(":bar_chart: *payments* collects metrics only, all calls are admitted: maintenance", text)
        );
    }

    [Fact]
    public async Task Hostile_names_and_reasons_are_escaped()
    {
        await using var world = await SlackWorld.StartAsync();

        await world.DoAsync(breaker => breaker.Trip("</script> & \"quotes\" \\ \ud800"), "<!channel> <https://evil|x>\r\n@here");

        Assert.Equal(
            ":red_circle: *&lt;!channel&gt; &lt;https꞉//evil|x&gt;  @\u2060here* is open, calls are rejected for 1 min: &lt;/script&gt; &amp; \"quotes\" \\ \ufffd",
            Assert.Single(world.Posts).Text
        );
    }

    [Theory]
    [InlineData("*bold*", "∗bold∗")]
    [InlineData("~struck~", "∼struck∼")]
    [InlineData("`code` ```block```", "ˋcodeˋ ˋˋˋblockˋˋˋ")]
    [InlineData("_italic_", "＿italic＿")]
    [InlineData("결_제_", "결＿제＿")]
    [InlineData("a _b_ c", "a ＿b＿ c")]
    [InlineData("payments_eu_1", "payments_eu_1")]
    [InlineData(":100: :fire:", "꞉100꞉ ꞉fire꞉")]
    [InlineData("@here @channel @U024BE7LH", "@\u2060here @\u2060channel @\u2060U024BE7LH")]
    [InlineData("#general", "#\u2060general")]
    [InlineData("<@U024BE7LH> <!here> <#C1|x>", "&lt;@\u2060U024BE7LH&gt; &lt;!here&gt; &lt;#\u2060C1|x&gt;")]
    [InlineData("https://evil.example/a", "https꞉//evil.\u2060example/a")]
    [InlineData("mailto:a@evil.example", "mailto꞉a@\u2060evil.\u2060example")]
    [InlineData("evil.example", "evil.\u2060example")]
    [InlineData("FailureRate 62.5% >= 50% (31 of 50). End.", "FailureRate 62.5% &gt;= 50% (31 of 50). End.")]
    [InlineData("a\u2028b\u202ec\u0085d\u001be", "a b c d e")]
    public void Markup_mentions_emoji_and_links_are_escaped(string outside, string shown) => Assert.Equal(shown, SlackText.Escape(outside));

    [Fact]
    public async Task Slack_is_requested_not_to_create_links()
    {
        await using var world = await SlackWorld.StartAsync();

        await world.DoAsync(breaker => breaker.Trip());

        var body = Assert.Single(world.Slack.Calls).Body;
        Assert.Equal("none", body.GetProperty("parse").GetString());
        Assert.False(body.GetProperty("link_names").GetBoolean());
        Assert.False(body.GetProperty("unfurl_links").GetBoolean());
        Assert.False(body.GetProperty("unfurl_media").GetBoolean());
    }

    [Fact]
    public async Task Messages_can_be_translated()
    {
        await using var world = await SlackWorld.StartAsync(options =>
            options.Messages = new()
            {
                [BreakerState.Open] = signal => $":red_circle: *{SlackText.Escape(signal.CircuitName)}* 회로가 열렸습니다: {signal.Reason}",
                [BreakerState.HalfOpen] = _ => "복구를 확인하는 중입니다",
                [BreakerState.Closed] = _ => "정상으로 돌아왔습니다",
            }
        );

        await world.DoAsync(breaker => breaker.Trip("응답 없음"), "결제");
        await world.DoAsync(breaker => breaker.Probe(), "결제");
        await world.DoAsync(breaker => breaker.Reset(), "결제");
        await world.DoAsync(breaker => breaker.Disable("점검"), "결제");

        Assert.Equal(
            [
                ":red_circle: *결제* 회로가 열렸습니다: 응답 없음",
                "복구를 확인하는 중입니다",
                "정상으로 돌아왔습니다",
                ":warning: *결제* is disabled, all calls are admitted and not recorded: 점검",
            ],
            world.Posts.Select(post => post.Text)
        );
    }

    [Fact]
    public async Task A_transition_can_be_silent_and_the_thread_continues()
    {
        await using var world = await SlackWorld.StartAsync(options =>
            options.Messages = new()
            {
                [BreakerState.Open] = _ => "down",
                [BreakerState.HalfOpen, BreakerState.Open] = _ => null,
                [BreakerState.HalfOpen] = _ => null,
                Default = signal => signal.NewState.ToLabel(),
            }
        );

        await world.DoAsync(breaker => breaker.Trip());
        await world.DoAsync(breaker => breaker.Probe());
        await world.DoAsync(breaker => breaker.Trip());
        await world.DoAsync(breaker => breaker.Reset());

        Assert.Equal([("down", null, false), ("closed", "1700000000.000001", true)], world.Posts);
    }

    [Fact]
    public async Task A_silent_end_also_ends_the_outage()
    {
        await using var world = await SlackWorld.StartAsync(options =>
            options.Messages = new() { Default = _ => null, [BreakerState.Open] = _ => "down" }
        );

        await world.DoAsync(breaker => breaker.Trip());
        await world.DoAsync(breaker => breaker.Reset());
        await world.DoAsync(breaker => breaker.Trip());

        Assert.Equal([("down", null, false), ("down", null, false)], world.Posts);
    }

    [Fact]
    public async Task Notices_are_silent_unless_NoticeMessage_returns_a_text()
    {
        await using var silent = await SlackWorld.StartAsync();
        await using var wording = await SlackWorld.StartAsync(options =>
            options.NoticeMessage = notice => notice is ReconfiguredNotice ? $"new rules for {notice.CircuitName}" : null
        );

        foreach (var world in (SlackWorld[])[silent, wording])
        {
            await world.DoAsync(breaker => breaker.Trip());
            await world.DoAsync(breaker => breaker.Reconfigure(new() { Tripper = Tripper.FailureStreak(3) }));
        }

        Assert.Single(silent.Posts);
        Assert.Equal(("new rules for payments", "1700000000.000001", false), wording.Posts.Last());
    }

    [Fact]
    public async Task Changing_the_options_later_has_no_effect()
    {
        SlackOptions? kept = null;
        await using var world = await SlackWorld.StartAsync(options => kept = options);
        kept!.Messages[BreakerState.Open] = _ => "changed";
        kept.Messages.Default = _ => "changed";

        await world.DoAsync(breaker => breaker.Trip());

        Assert.StartsWith(":red_circle:", Assert.Single(world.Posts).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Long_text_is_truncated_between_characters()
    {
        var cut = SlackText.Escape(string.Concat(Enumerable.Repeat("&😀", 1_000)));

        Assert.InRange(cut.Length, 1_000, 1_010);
        Assert.EndsWith("😀…", cut, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.25, "0.25 s")]
    [InlineData(59, "59 s")]
    [InlineData(60, "1 min")]
    [InlineData(90, "1.5 min")]
    [InlineData(7200, "2 h")]
    public void Durations_are_formatted_for_people(double seconds, string words) =>
        Assert.Equal(words, SlackText.Format(TimeSpan.FromSeconds(seconds)));
}
