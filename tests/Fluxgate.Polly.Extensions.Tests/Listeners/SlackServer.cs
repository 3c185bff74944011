using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Fluxgate;

/// <summary>A server that replaces Slack: it accepts messages and gives each an id, or returns scripted responses.</summary>
internal sealed class SlackServer(HttpUpstream upstream) : IAsyncDisposable
{
    public const string Token = "xoxb-2147483647-SecretOfTheBot";
    public const string WebhookPath = "/services/T00000000/B00000000/SecretOfTheWebhook";

    private int _ids;

    /// <summary>All requests, accepted or not.</summary>
    public ConcurrentQueue<SlackCall> Calls { get; } = new();

    public Uri Address => new(upstream.Address, "/api/");

    public Uri WebhookUrl => new(upstream.Address, WebhookPath);

    public SemaphoreSlim Hanging => upstream.Hanging;

    public static async Task<SlackServer> StartAsync()
    {
        var slack = new SlackServer(await HttpUpstream.StartAsync());
        slack.Answers(slack.Takes);
        return slack;
    }

    /// <summary>Sets the responses to the next requests; the last one is repeated.</summary>
    public void Answers(params Func<HttpContext, Task>[] answers) =>
        upstream.Answers([
            .. answers.Select(answer =>
                (Func<HttpContext, Task>)(
                    context =>
                    {
                        var body = JsonDocument.Parse((string)context.Items["body"]!).RootElement;
                        Calls.Enqueue(new(context.Request.Path, context.Request.Headers.Authorization, body));
                        return answer(context);
                    }
                )
            ),
        ]);

    public Task Takes(HttpContext context) =>
        context.Request.Path.StartsWithSegments("/services", StringComparison.Ordinal)
            ? context.Response.WriteAsync("ok")
            : context.Response.WriteAsync($$"""{"ok":true,"channel":"C1","ts":"1700000000.00000{{Interlocked.Increment(ref _ids)}}"}""");

    public Task Hangs(HttpContext context) => upstream.Hangs(context);

    public static Func<HttpContext, Task> Refuses(string error, int? retryAfterSeconds = null) =>
        Answer(200, $$"""{"ok":false,"error":"{{error}}"}""", retryAfterSeconds);

    public static Func<HttpContext, Task> Answer(int status, string body = "", int? retryAfterSeconds = null) =>
        context =>
        {
            context.Response.StatusCode = status;
            if (retryAfterSeconds is { } seconds)
            {
                context.Response.Headers.RetryAfter = $"{seconds}";
            }

            return context.Response.WriteAsync(body);
        };

    public ValueTask DisposeAsync() => upstream.DisposeAsync();
}
