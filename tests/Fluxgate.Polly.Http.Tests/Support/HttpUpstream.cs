using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>A real server on loopback that returns scripted responses, one for each request, and repeats the last one.</summary>
internal sealed class HttpUpstream : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly ConcurrentQueue<Func<HttpContext, Task>> _answers = new();
    private readonly CancellationTokenSource _ending = new();
    private int _disposed;
    private Func<HttpContext, Task> _last = Status(HttpStatusCode.OK);

    private HttpUpstream(WebApplication server) => _server = server;

    public Uri Address { get; private set; } = new("http://localhost");

    /// <summary>The method and the body of every request.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Completes when a request has arrived that gets no response.</summary>
    public SemaphoreSlim Hanging { get; } = new(0);

    public static async Task<HttpUpstream> StartAsync(HttpProtocols protocols = HttpProtocols.Http1)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocols));
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        var upstream = new HttpUpstream(builder.Build());
        upstream._server.Run(upstream.AnswerAsync);
        await upstream._server.StartAsync();
        upstream.Address = new(upstream._server.Urls.Single());
        return upstream;
    }

    /// <summary>Sets the responses to the next requests; the last one is repeated.</summary>
    public void Answers(params Func<HttpContext, Task>[] answers)
    {
        _answers.Clear();
        foreach (var answer in answers[..^1])
        {
            _answers.Enqueue(answer);
        }

        _last = answers[^1];
    }

    public static Func<HttpContext, Task> Status(HttpStatusCode status, int? retryAfterSeconds = null) =>
        context =>
        {
            context.Response.StatusCode = (int)status;
            if (retryAfterSeconds is { } seconds)
            {
                context.Response.Headers.RetryAfter = $"{seconds}";
            }

            return context.Response.WriteAsync($"{(int)status}");
        };

    public static Task Resets(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    /// <summary>Sends no response before every deadline of a test is over; then closes the connection, so that a failing test ends.</summary>
    public async Task Hangs(HttpContext context)
    {
        Hanging.Release();
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _ending.Token);
            await Task.Delay(TimeSpan.FromSeconds(90), either.Token);
        }
        catch (OperationCanceledException)
        {
            // The caller has disconnected, or the test is over.
        }

        context.Abort();
    }

    /// <summary>Goes on working after the caller has left, until the test ends.</summary>
    public async Task IsSlowToCancel(HttpContext context)
    {
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _ending.Token);
        }
        catch (OperationCanceledException)
        {
            context.Abort();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _ending.CancelAsync();
        await _server.StopAsync();
        await _server.DisposeAsync();
        _ending.Dispose();
        Hanging.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        context.Items["body"] = body;
        Requests.Enqueue(body.Length == 0 ? context.Request.Method : $"{context.Request.Method} {body}");
        await (_answers.TryDequeue(out var answer) ? answer : _last)(context);
    }
}
