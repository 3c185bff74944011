using System.Net.Http.Headers;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fluxgate;

/// <summary>Posts messages to Slack. Retries in bounded time, and logs messages that could not be posted.</summary>
internal sealed class SlackSender
{
    private const int MostRequests = 4;

    // The requests that are being sent. Each circuit posts for itself, and a group may open thousands at once.
    private readonly Channel<bool> _requests = Channel.CreateBounded<bool>(MostRequests);
    private readonly HttpClient _client;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Uri _address;
    private readonly string? _token;
    private readonly string _secret;
    private readonly int _maxAttempts;
    private readonly TimeSpan _requestTimeout;
    private readonly TimeSpan _giveUpAfter;
    private readonly TimeSpan _retryDelay;
    private readonly RepeatLimit _limit = new();

    public SlackSender(SlackOptions options, HttpClient client, ILogger? logger, TimeProvider timeProvider)
    {
        (_client, _logger, _time) = (client, logger ?? NullLogger.Instance, timeProvider);
        _token = options.Token;
        _address = options.WebhookUrl ?? new(new Uri($"{options.ApiAddress.AbsoluteUri.TrimEnd('/')}/"), "chat.postMessage");
        _secret = _token ?? _address.AbsoluteUri;
        _maxAttempts = options.MaxAttempts;
        _requestTimeout = options.RequestTimeout;
        _giveUpAfter = options.GiveUpAfter;
        _retryDelay = options.RetryDelay;
    }

    /// <summary>Posts a message.</summary>
    /// <returns>The id of the message, or <see langword="null"/> if it was not posted or has none.</returns>
    public async ValueTask<string?> PostAsync(string circuitName, SlackPost post, CancellationToken cancellationToken)
    {
        var start = _time.GetTimestamp();
        var json = post.ToJson();
        for (var attempt = 1; ; attempt++)
        {
            var response = await TryInTurnAsync(json, start, cancellationToken).ConfigureAwait(false);
            if (response.Problem is null)
            {
                return response.MessageId;
            }

            var delay = response.RetryAfter ?? Backoff(attempt);
            if (!response.MayRetry || attempt == _maxAttempts || _time.GetElapsedTime(start) + delay >= _giveUpAfter)
            {
                Log(OneLine.Of(circuitName), response.Problem, attempt);
                return null;
            }

            await Task.Delay(delay, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Logs that posting a message threw an exception, without its message, which may contain the address.</summary>
    public void LogFailure(string circuitName, Exception error) => Log(OneLine.Of(circuitName), error.GetType().Name, attempt: 1);

    /// <summary>Logs how many messages of a disposed breaker were not posted since the last line.</summary>
    public void End(string circuitName) => _limit.End(OneLine.Of(circuitName));

    private void Log(string circuitName, string problem, int attempt)
    {
        var period = RuleText.Duration(RepeatLimit.Period);
        if (
            _limit.ShouldReport(
                circuitName,
                problem,
                _time,
                omitted => SlackLog.PostsFailed(_logger, omitted, circuitName, period, problem)
            )
        )
        {
            SlackLog.PostFailed(_logger, circuitName, problem, attempt);
        }
    }

    private TimeSpan Remaining(long start)
    {
        var left = _giveUpAfter - _time.GetElapsedTime(start);
        return left >= _requestTimeout ? _requestTimeout
            : left > TimeSpan.Zero ? left
            : TimeSpan.Zero;
    }

    private TimeSpan Backoff(int attempt)
    {
        var wait = _retryDelay * Math.Pow(2, Math.Min(attempt - 1, 30));
        return wait < _giveUpAfter ? wait : _giveUpAfter;
    }

    private async Task<SlackResponse> TryInTurnAsync(ReadOnlyMemory<byte> json, long start, CancellationToken cancellationToken)
    {
        await _requests.Writer.WriteAsync(true, cancellationToken).ConfigureAwait(false);
        try
        {
            return await TryAsync(json, Remaining(start), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _requests.Reader.TryRead(out _);
        }
    }

    private async Task<SlackResponse> TryAsync(ReadOnlyMemory<byte> json, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(timeout, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            using var request = Request(json);
            using var response = await _client
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, linked.Token)
                .ConfigureAwait(false);
            return await SlackResponse.ReadAsync(response, _token is null, _secret, _time, linked.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new($"no response within {SlackText.Format(timeout)}", MayRetry: true);
        }
        catch (HttpRequestException error)
        {
            // Without its message, which comes from the handler and may contain the address.
            return new($"{nameof(HttpRequestException)} {error.HttpRequestError}", MayRetry: true);
        }
        catch (IOException error)
        {
            return new(error.GetType().Name, MayRetry: true);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return new(error.GetType().Name);
        }
    }

    private HttpRequestMessage Request(ReadOnlyMemory<byte> json)
    {
        var content = new ReadOnlyMemoryContent(json);
        content.Headers.ContentType = new("application/json") { CharSet = "utf-8" };
        var request = new HttpRequestMessage(HttpMethod.Post, _address) { Content = content };
        if (_token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        }

        return request;
    }
}
