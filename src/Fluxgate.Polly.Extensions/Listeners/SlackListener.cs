using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fluxgate;

/// <summary>Posts transitions to a Slack channel.</summary>
/// <remarks>
/// <para>
/// With a bot token, each outage of a circuit has a thread. The first transition into <c>open</c> or <c>forced_open</c> starts it, the following
/// ones are replies, and the one that ends the outage (<c>closed</c>, <c>disabled</c> or <c>metrics_only</c>) is also shown in the channel. If
/// there was no first message, because it failed or its text was <see langword="null"/>, the next one starts the thread. An incoming webhook
/// has no threads.
/// </para>
/// <para>
/// A message that could not be posted is retried after the <c>Retry-After</c> of Slack, or else after a delay that doubles each time.
/// Permanent errors (<c>invalid_auth</c>, <c>channel_not_found</c>) are not retried. A message that fails is logged with Slack's error code,
/// never with the secret, and the listener continues with the next message. A message whose response was lost may appear twice.
/// </para>
/// <para>
/// All transitions and reconfigurations are posted. The other notices with a text of <see cref="SlackOptions.NoticeMessage"/> are limited: the
/// first of a kind (circuit and type; for errors in user code, also source and exception type) is posted at once; the following ones are counted,
/// and once a minute the text of the first is posted again with their number, <c>(×999)</c>, until a minute passes without one. Log messages are
/// limited in the same way.
/// </para>
/// <para>
/// Thread-safe. One instance can post the signals of many breakers; breakers of the same name share a thread. At most 4 requests are sent at a
/// time, because a group may open many circuits at once; a message that waits longer than <see cref="SlackOptions.GiveUpAfter"/> fails. Calls never wait for Slack (see
/// <see cref="IAsyncCircuitListener"/>).
/// </para>
/// </remarks>
/// <example>
/// <code>
/// var slack = new SlackListener(new SlackOptions { Token = token, Channel = "#payments-alerts" }, logger);
/// var payments = new FluxgateBreaker("payments", new FluxgateBreakerSettings { Listeners = { slack } });
/// </code>
/// </example>
public sealed class SlackListener : IAsyncCircuitListener, IDisposable
{
    private readonly SlackMessages _messages;
    private readonly Func<Notice, string?> _noticeMessage;
    private readonly string? _channel;
    private readonly SlackSender _sender;
    private readonly TimeProvider _time;
    private readonly RepeatLimit _limit = new();
    private readonly HttpClient? _own;

    /// <summary>The id of the first message of each current outage, by circuit name.</summary>
    private readonly ConcurrentDictionary<string, string> _threads = new(StringComparer.Ordinal);

    /// <summary>Creates a listener.</summary>
    /// <param name="options">The options, which are copied.</param>
    /// <param name="logger">The logger for messages that could not be posted, or <see langword="null"/> for none.</param>
    /// <param name="client">
    /// The client for requests, which is not disposed, or <see langword="null"/> for a client of the listener, which does not expose the address
    /// of a webhook. HttpClientFactory logs addresses: a client of the factory needs <c>RemoveAllLoggers()</c> to post to a webhook.
    /// </param>
    /// <param name="timeProvider">The clock for delays and timeouts, or <see langword="null"/> for the system's.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">An option is out of range or missing. The message names the option and the allowed values, without secrets.</exception>
    public SlackListener(
        SlackOptions options,
        ILogger<SlackListener>? logger = null,
        HttpClient? client = null,
        TimeProvider? timeProvider = null
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _messages = new(options.Messages);
        _noticeMessage = options.NoticeMessage;
        _channel = options.Channel;
        client ??= _own = CreateClient();
        _time = timeProvider ?? TimeProvider.System;
        _sender = new(options, client, logger, _time);
    }

    /// <summary>Creates a listener with the options of a container: <c>services.Configure&lt;SlackOptions>(…)</c>.</summary>
    /// <param name="options">The options.</param>
    /// <param name="logger">The logger for messages that could not be posted.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">An option is out of range or missing. The message names the option and the allowed values, without secrets.</exception>
    [ActivatorUtilitiesConstructor]
    public SlackListener(IOptions<SlackOptions> options, ILogger<SlackListener> logger)
        : this((options ?? throw new ArgumentNullException(nameof(options))).Value, logger) { }

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="signal"/> is <see langword="null"/>.</exception>
    public async ValueTask OnSignalAsync(Signal signal, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(signal);
        var name = signal.CircuitName;
        var ends = signal.NewState is BreakerState.Closed or BreakerState.Disabled or BreakerState.MetricsOnly;
        _threads.TryGetValue(name, out var thread);
        if (ends)
        {
            _threads.TryRemove(name, out _);
        }

        if (_messages.For(signal) is not { } text)
        {
            return;
        }

        var posted = await PostAsync(name, new(_channel, text, thread, Broadcast: ends && thread is not null), cancellationToken)
            .ConfigureAwait(false);
        if (thread is null && posted is not null && IsOutage(signal))
        {
            _threads[name] = posted;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="notice"/> is <see langword="null"/>.</exception>
    public async ValueTask OnNoticeAsync(Notice notice, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notice);
        if (_noticeMessage(notice) is { } text && (notice is ReconfiguredNotice || ShouldPost(notice, text)))
        {
            await PostNoticeAsync(notice.CircuitName, text, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Reports the omitted notices of the circuit, and removes its thread.</summary>
    /// <param name="breaker">The breaker that was disposed.</param>
    /// <exception cref="ArgumentNullException"><paramref name="breaker"/> is <see langword="null"/>.</exception>
    public void OnDetached(FluxgateBreaker breaker)
    {
        ArgumentNullException.ThrowIfNull(breaker);
        _limit.End(breaker.Name);
        _sender.End(breaker.Name);
        _threads.TryRemove(breaker.Name, out _);
    }

    /// <summary>Disposes the client that the listener created. Dispose its breakers first; otherwise their last messages are lost.</summary>
    public void Dispose() => _own?.Dispose();

    private static bool IsOutage(Signal signal) =>
        signal.NewState is BreakerState.Open or BreakerState.ForcedOpen
        || signal.NewState is BreakerState.HalfOpen && signal.OldState is BreakerState.Open or BreakerState.ForcedOpen;

    private bool ShouldPost(Notice notice, string text)
    {
        var name = notice.CircuitName;
        object kind = notice is UserErrorNotice { Source: var source, Error: var error } ? (source, error.GetType()) : notice.GetType();
        return _limit.ShouldReport(name, kind, _time, omitted => _ = PostOmittedAsync(name, $"{text} (×{omitted})"));
    }

    private async Task PostOmittedAsync(string circuitName, string text)
    {
        try
        {
            await PostNoticeAsync(circuitName, text, default).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            // No breaker waits for this message, and so none reports the error.
            _sender.LogFailure(circuitName, error);
        }
    }

    private ValueTask<string?> PostNoticeAsync(string circuitName, string text, CancellationToken cancellationToken) =>
        PostAsync(circuitName, new(_channel, text, _threads.GetValueOrDefault(circuitName), Broadcast: false), cancellationToken);

    private async ValueTask<string?> PostAsync(string circuitName, SlackPost post, CancellationToken cancellationToken)
    {
        try
        {
            return await _sender.PostAsync(circuitName, post, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The breaker is being disposed, and its flush timeout has elapsed.
            return null;
        }
    }

    // Without a propagator there is no span of the request, which would export the address of a webhook, a secret. Without redirects, messages
    // go only to the configured address.
    private static HttpClient CreateClient() =>
        new(
            new SocketsHttpHandler
            {
                ActivityHeadersPropagator = null,
                AllowAutoRedirect = false,
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            }
        )
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
}
