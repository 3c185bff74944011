using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Reflection;

namespace Fluxgate;

public sealed class SlackSecrets
{
    private const string Secret = "SecretOfThe";
    private readonly JumpingTime _time = new(TimeSpan.FromSeconds(9));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_log_never_contains_the_secret(bool webhook)
    {
        var secret = webhook ? SlackServer.WebhookPath : SlackServer.Token;
        await using var world = await SlackWorld.StartAsync(options => options.MaxAttempts = 1, webhook, _time);
        (int Status, string Body)[] answers =
        [
            (200, $$"""{"ok":false,"error":"{{secret}}"}"""),
            (400, secret),
            (403, $$"""{"ok":false,"error":"{{secret}}"}"""),
            (500, $"no such thing: {secret}"),
            (302, secret),
            (599, secret),
        ];
        world.Slack.Answers([.. answers.Select(answer => SlackServer.Answer(answer.Status, answer.Body)), HttpUpstream.Resets]);

        for (var i = 0; i <= answers.Length; i++)
        {
            await world.DoAsync(breaker => breaker.Trip());
            await world.DoAsync(breaker => breaker.Probe());
        }

        await world.Slack.DisposeAsync();
        await world.DoAsync(breaker => breaker.Reset());

        Assert.NotEmpty(world.Log.Entries);
        Assert.DoesNotContain(Secret, world.Log.Everything, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task An_error_code_that_is_part_of_the_secret_is_not_logged()
    {
        await using var world = await SlackWorld.StartAsync(options => options.Token = "xoxb_small_letters_only", time: _time);
        world.Slack.Answers(SlackServer.Refuses("small_letters"));

        await world.DoAsync(breaker => breaker.Trip());

        Assert.DoesNotContain("small_letters", world.Log.Everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exceptions_that_quote_the_request_are_not_logged()
    {
        using var wording = new HttpClient(new QuotingHandler());
        var log = new RecordedLog<SlackListener>();
        using var listener = new SlackListener(
            new() { WebhookUrl = new($"https://hooks.example{SlackServer.WebhookPath}"), MaxAttempts = 2 },
            log,
            wording,
            _time
        );
        var world = new World();
        world.Breaker.Trip();

        foreach (var _ in Enumerable.Range(0, QuotingHandler.Kinds))
        {
            await listener.OnSignalAsync(world.Signals[0], default);
        }

        Assert.Equal(QuotingHandler.Kinds, log.Entries.Count);
        Assert.All(log.Entries, entry => Assert.Null(entry.Exception));
        Assert.DoesNotContain(Secret, log.Everything, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void No_validation_error_contains_a_secret()
    {
        var webhook = new Uri($"https://hooks.example{SlackServer.WebhookPath}");
        SlackOptions[] bad =
        [
            new() { Token = SlackServer.Token },
            new() { Token = $"Bearer {SlackServer.Token}", Channel = "#alerts" },
            new()
            {
                Token = SlackServer.Token,
                Channel = "#alerts",
                WebhookUrl = webhook,
            },
            new() { WebhookUrl = new($"http://hooks.example{SlackServer.WebhookPath}") },
            new() { WebhookUrl = new(SlackServer.WebhookPath, UriKind.Relative) },
            new() { WebhookUrl = webhook, Channel = "#alerts" },
            new() { WebhookUrl = webhook, MaxAttempts = 0 },
        ];

        foreach (var options in bad)
        {
            var refusal = Assert.ThrowsAny<ArgumentException>(() => new SlackListener(options));
            Assert.DoesNotContain(Secret, refusal.ToString(), StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public void No_object_shows_a_secret_in_ToString()
    {
        var options = new SlackOptions { Token = SlackServer.Token, Channel = "#alerts" };
        using var listener = new SlackListener(options);
        var sender = typeof(SlackListener).GetField("_sender", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(listener)!;

        foreach (var thing in (object[])[options, listener, sender])
        {
            Assert.DoesNotContain(Secret, thing.ToString(), StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task The_built_in_client_records_no_span_with_the_address()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listening = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "System.Net.Http",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listening);
        await using var world = await SlackWorld.StartAsync(webhook: true);

        // The listener also receives the events of clients of concurrent tests: those of this test have one trace id.
        using var here = new Activity("here").Start();
        await world.DoAsync(breaker => breaker.Trip());

        Assert.Single(world.Slack.Calls);
        Assert.DoesNotContain(
            spans.Where(span => span.TraceId == here.TraceId).SelectMany(span => span.TagObjects),
            tag => $"{tag.Value}".Contains(Secret, StringComparison.OrdinalIgnoreCase)
        );
    }

    [Fact]
    public async Task A_redirection_is_not_followed()
    {
        await using var elsewhere = await HttpUpstream.StartAsync();
        await using var world = await SlackWorld.StartAsync(options => options.MaxAttempts = 1, time: _time);
        world.Slack.Answers(context =>
        {
            context.Response.StatusCode = (int)HttpStatusCode.TemporaryRedirect;
            context.Response.Headers.Location = elsewhere.Address.ToString();
            return Task.CompletedTask;
        });

        await world.DoAsync(breaker => breaker.Trip());

        Assert.Empty(elsewhere.Requests);
    }
}
