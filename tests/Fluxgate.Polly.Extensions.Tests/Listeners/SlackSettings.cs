using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fluxgate;

public sealed class SlackSettings
{
    private static readonly Uri Webhook = new("https://hooks.example/services/T/B/X");

    [Fact]
    public void Exactly_one_of_token_and_webhook_must_be_set()
    {
        Refused("Either Token and Channel or WebhookUrl must be set, but neither is.", new());
        Refused("Either Token and Channel or WebhookUrl must be set, but neither is.", new() { Channel = "#alerts" });
        Refused(
            "Either Token and Channel or WebhookUrl must be set, but both Token and WebhookUrl are.",
            new()
            {
                Token = "xoxb-1",
                Channel = "#alerts",
                WebhookUrl = Webhook,
            }
        );
        Refused("Channel must be set to the id or name of a channel, because Token is set.", new() { Token = "xoxb-1", Channel = " " });
        Refused(
            "Channel must be null, but is '#alerts': WebhookUrl is set, and a webhook has its own channel.",
            new() { WebhookUrl = Webhook, Channel = "#alerts" }
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("Bearer xoxb-1")]
    [InlineData("xoxb-1\r\nX-Other: 1")]
    [InlineData("토큰")]
    public void A_token_must_be_one_word(string token) =>
        Refused(
            "Token must consist of one or more printable ASCII characters without spaces. Its value is not shown.",
            new() { Token = token, Channel = "#alerts" }
        );

    [Theory]
    [InlineData("http://hooks.example/services")]
    [InlineData("ftp://hooks.example/services")]
    [InlineData("/services")]
    public void An_address_must_be_absolute_and_use_https(string address)
    {
        var uri = new Uri(address, UriKind.RelativeOrAbsolute);

        Refused(
            "WebhookUrl must be an absolute https address (http only on loopback). Its value is not shown.",
            new() { WebhookUrl = uri }
        );
        Refused(
            $"ApiAddress must be an absolute https address (http only on loopback), but is '{address}'.",
            new() { WebhookUrl = Webhook, ApiAddress = uri }
        );
    }

    [Fact]
    public void Numbers_must_be_in_their_ranges()
    {
        Refused("MaxAttempts must be at least 1, but is 0.", new() { WebhookUrl = Webhook, MaxAttempts = 0 });
        Refused(
            "RequestTimeout must be greater than zero and at most 01:00:00, but is 00:00:00.",
            new() { WebhookUrl = Webhook, RequestTimeout = TimeSpan.Zero }
        );
        Refused(
            "GiveUpAfter must be greater than zero and at most 01:00:00, but is 1.00:00:00.",
            new() { WebhookUrl = Webhook, GiveUpAfter = TimeSpan.FromDays(1) }
        );
        Refused(
            "RetryDelay must be greater than zero and at most 01:00:00, but is -00:00:01.",
            new() { WebhookUrl = Webhook, RetryDelay = TimeSpan.FromSeconds(-1) }
        );
    }

    [Fact]
    public void Messages_must_not_be_null()
    {
        Refused("Messages must not be null.", new() { WebhookUrl = Webhook, Messages = null! });
        Refused("NoticeMessage must not be null.", new() { WebhookUrl = Webhook, NoticeMessage = null! });
        Assert.Throws<ArgumentNullException>(() => new SlackMessages { Default = null! });
        Assert.Throws<ArgumentNullException>(() => new SlackMessages { [BreakerState.Open] = null! });
        Assert.Throws<ArgumentNullException>(() => new SlackMessages { [BreakerState.Closed, BreakerState.Open] = null! });
    }

    [Theory]
    [InlineData("/proxy")]
    [InlineData("/proxy/")]
    public async Task The_API_address_can_end_with_or_without_a_slash(string path)
    {
        await using var world = await SlackWorld.StartAsync(options => options.ApiAddress = new(options.ApiAddress, path));

        await world.DoAsync(breaker => breaker.Trip());

        Assert.Equal("/proxy/chat.postMessage", Assert.Single(world.Slack.Calls).Path);
    }

    [Fact]
    public async Task A_container_creates_the_listener_from_options_and_log()
    {
        await using var slack = await SlackServer.StartAsync();
        slack.Answers(SlackServer.Refuses("invalid_auth"));
        var log = new RecordedLog<SlackListener>();
        var collection = new ServiceCollection();
        collection.AddHttpClient();
        collection
            .Configure<SlackOptions>(options =>
                (options.Token, options.Channel, options.ApiAddress, options.RequestTimeout) = (
                    "xoxb-1",
                    "#alerts",
                    slack.Address,
                    TimeSpan.FromMinutes(1)
                )
            )
            .AddSingleton<ILogger<SlackListener>>(log)
            .AddSingleton<SlackListener>();
        await using var services = collection.BuildServiceProvider();
        var breaker = new FluxgateBreaker(
            "payments",
            new() { Listeners = { services.GetRequiredService<SlackListener>() }, ListenerFlushTimeout = TimeSpan.FromSeconds(60) }
        );

        breaker.Trip();
        await breaker.DisposeAsync();

        Assert.Equal("Bearer xoxb-1", Assert.Single(slack.Calls).Authorization);
        Assert.Single(log.Entries);
    }

    [Fact]
    public async Task The_options_can_be_configured()
    {
        await using var slack = await SlackServer.StartAsync();
        slack.Answers(SlackServer.Answer(503, retryAfterSeconds: 31));
        var log = new RecordedLog<SlackListener>();
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>
                {
                    ["Slack:WebhookUrl"] = $"{slack.WebhookUrl}",
                    ["Slack:GiveUpAfter"] = "00:00:30",
                    ["Slack:RequestTimeout"] = "00:01:00",
                }
            )
            .Build();
        await using var services = new ServiceCollection()
            .Configure<SlackOptions>(configuration.GetSection("Slack"))
            .AddSingleton<ILogger<SlackListener>>(log)
            .AddSingleton<SlackListener>()
            .BuildServiceProvider();
        var world = new World();
        world.Breaker.Trip();

        await services.GetRequiredService<SlackListener>().OnSignalAsync(world.Signals[0], default);

        Assert.Equal(SlackServer.WebhookPath, Assert.Single(slack.Calls).Path);
        Assert.Single(log.Entries);
    }

    [Fact]
    public async Task A_passed_client_is_used_and_not_disposed()
    {
        await using var slack = await SlackServer.StartAsync();
        using var client = new HttpClient();
        var listener = new SlackListener(new() { WebhookUrl = slack.WebhookUrl, RequestTimeout = TimeSpan.FromMinutes(1) }, client: client);
        var world = new World();
        world.Breaker.Trip();

        listener.Dispose();
        await listener.OnSignalAsync(world.Signals[0], default);

        Assert.Single(slack.Calls);
    }

    [Fact]
    public async Task A_disposed_listener_posts_nothing_and_logs_it()
    {
        await using var world = await SlackWorld.StartAsync();
        world.Listener.Dispose();

        await world.DoAsync(breaker => breaker.Trip());

        Assert.Empty(world.Slack.Calls);
        Assert.Contains("ObjectDisposedException", Assert.Single(world.Log.Entries).Text, StringComparison.Ordinal);
    }

    private static void Refused(string message, SlackOptions options)
    {
        var refusal = Assert.ThrowsAny<ArgumentException>(() => new SlackListener(options));
        Assert.StartsWith(message, refusal.Message, StringComparison.Ordinal);
    }
}
