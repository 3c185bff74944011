using System.Net.Http.Headers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fluxgate;

/// <summary>Gets a message to Slack, or gives up in bounded time and says so.</summary>
internal sealed class SlackSender
{
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
    /// <returns>The message's id, where it was posted and has one.</returns>
    public async ValueTask<string?> PostAsync(string circuitName, SlackPost post, CancellationToken cancellationToken)
    {
        var start = _time.GetTimestamp();
        var json = post.ToJson();
        for (var attempt = 1; ; attempt++)
        {
            var answer = await TryAsync(json, Patience(start), cancellationToken).ConfigureAwait(false);
            if (answer.Problem is null)
            {
                return answer.MessageId;
            }

            var wait = answer.RetryAfter ?? Backoff(attempt);
            if (!answer.MayRetry || attempt == _maxAttempts || _time.GetElapsedTime(start) + wait >= _giveUpAfter)
            {
                GaveUp(OneLine.Of(circuitName), answer.Problem, attempt);
                return null;
            }

            await Task.Delay(wait, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Writes now how many messages of a circuit that has ended were not taken since the last line.</summary>
    public void End(string circuitName) => _limit.End(OneLine.Of(circuitName));

    private void GaveUp(string circuitName, string problem, int attempt)
    {
        var period = RuleText.Duration(RepeatLimit.Period);
        if (_limit.Admits(circuitName, problem, _time, leftOut => SlackLog.GaveUpAgain(_logger, leftOut, circuitName, period, problem)))
        {
            SlackLog.GaveUp(_logger, circuitName, problem, attempt);
        }
    }

    private TimeSpan Patience(long start)
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

    private async Task<SlackAnswer> TryAsync(ReadOnlyMemory<byte> json, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            using var request = Request(json);
            using var response = await _client
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token)
                .ConfigureAwait(false);
            return await SlackAnswer.ReadAsync(response, _token is null, _secret, _time, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new($"no answer within {SlackText.Words(timeout)}", MayRetry: true);
        }
        catch (HttpRequestException error)
        {
            // Not its message, which is the handler's and may name the address.
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
