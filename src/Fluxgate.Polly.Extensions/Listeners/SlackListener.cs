using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fluxgate;

/// <summary>Posts transitions to a Slack channel.</summary>
/// <remarks>
/// <para>
/// With a bot token there is one thread for each outage of a circuit: the first transition into <c>open</c> or <c>forced_open</c> opens it,
/// what follows is a reply, and the message that ends it (<c>closed</c>, <c>disabled</c> or <c>metrics_only</c>) is shown in the channel too.
/// Where the opening message could not be posted, or was silent, the next one opens the thread. With an incoming webhook there are plain
/// messages.
/// </para>
/// <para>
/// A message that Slack does not take is tried again: after the <c>Retry-After</c> that Slack asks for, else after waits that double; what
/// Slack refuses for good (<c>invalid_auth</c>, <c>channel_not_found</c>) is not. Having given up, it says so to the log, in Slack's word
/// and never with the secret, and goes on with the next message. A message whose answer was lost may appear twice.
/// </para>
/// <para>
/// Transitions and reconfigurations are all posted. Of the other notices that <see cref="SlackOptions.NoticeMessage"/> words, the first of a kind (circuit, type, and of errors in user
/// code source and exception type) is posted at once; those that follow are counted, and once a minute the words of the first are posted again
/// with the number, <c>(×999)</c>, until a minute passes without any. What is said to the log is limited likewise.
/// </para>
/// <para>
/// Thread-safe: one instance serves as many breakers as one likes; breakers of one name share a thread. Calls never wait for Slack
/// (<see cref="IAsyncCircuitListener"/>).
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

    /// <summary>The first message of the outage of each circuit that is in one, by its time, which is its id.</summary>
    private readonly ConcurrentDictionary<string, string> _threads = new(StringComparer.Ordinal);

    /// <summary>Creates a listener.</summary>
    /// <param name="options">Where to post and what. Copied.</param>
    /// <param name="logger">Hears of messages that could not be posted; nobody does unless given.</param>
    /// <param name="client">
    /// What requests are sent with; not disposed. A client of the listener's own unless given, which leaves no trace of a webhook's address.
    /// HttpClientFactory logs addresses: a client from there needs <c>RemoveAllLoggers()</c> if it is to post to a webhook.
    /// </param>
    /// <param name="timeProvider">The clock for waits and timeouts; the system's unless given.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">An option is out of range or missing; the message names it and what is allowed, and no secret.</exception>
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
        client ??= _own = Client();
        _time = timeProvider ?? TimeProvider.System;
        _sender = new(options, client, logger, _time);
    }

    /// <summary>Creates a listener from a container's options: <c>services.Configure&lt;SlackOptions>(…)</c>.</summary>
    /// <param name="options">Where to post and what.</param>
    /// <param name="logger">Hears of messages that could not be posted.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">An option is out of range or missing; the message names it and what is allowed, and no secret.</exception>
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
        if (_noticeMessage(notice) is { } text && (notice is ReconfiguredNotice || Admits(notice, text)))
        {
            await PostNoticeAsync(notice.CircuitName, text, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Lets go of the circuit's thread.</summary>
    /// <param name="breaker">The breaker that was disposed.</param>
    /// <exception cref="ArgumentNullException"><paramref name="breaker"/> is <see langword="null"/>.</exception>
    public void OnDetached(FluxgateBreaker breaker)
    {
        ArgumentNullException.ThrowIfNull(breaker);
        _limit.End(breaker.Name);
        _sender.End(breaker.Name);
        _threads.TryRemove(breaker.Name, out _);
    }

    /// <summary>Disposes the listener's own client. Dispose its breakers first: what they still have to say is lost otherwise.</summary>
    public void Dispose() => _own?.Dispose();

    private static bool IsOutage(Signal signal) =>
        signal.NewState is BreakerState.Open or BreakerState.ForcedOpen
        || signal.NewState is BreakerState.HalfOpen && signal.OldState is BreakerState.Open or BreakerState.ForcedOpen;

    private bool Admits(Notice notice, string text)
    {
        var name = notice.CircuitName;
        object kind = notice is UserErrorNotice { Source: var source, Error: var error } ? (source, error.GetType()) : notice.GetType();
        return _limit.Admits(name, kind, _time, leftOut => _ = PostNoticeAsync(name, $"{text} (×{leftOut})", default).AsTask());
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
            // The breaker is being disposed, and its time to flush is over.
            return null;
        }
    }

    // Without a propagator there is no span of the request, which would carry a webhook's address, a secret, to wherever spans go. What is
    // posted goes to the address that was configured, and to no other.
    private static HttpClient Client() =>
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
