using System.Globalization;
using System.Text;
using System.Text.Json;
using Polly;

namespace Fluxgate;

/// <summary>What became of one attempt to post.</summary>
/// <param name="Problem">Why it failed, in words that hold no secret; <see langword="null"/> where it did not.</param>
/// <param name="MayRetry">Whether another attempt can help.</param>
/// <param name="RetryAfter">When Slack wants it, if it said so.</param>
/// <param name="MessageId">The id of the message, which is its time, where there is one.</param>
internal sealed record SlackAnswer(string? Problem, bool MayRetry = false, TimeSpan? RetryAfter = null, string? MessageId = null)
{
    private const int LongestAnswer = 64 * 1024;
    private const int LongestWord = 64;
    private const string Foreign = "an answer that is not Slack's";

    public static async Task<SlackAnswer> ReadAsync(
        HttpResponseMessage response,
        bool fromWebhook,
        string secret,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var retryAfter =
            HttpBreak.RetryAfterBy(time)(Outcome.FromResult(response)) is { } wait && wait > TimeSpan.Zero ? wait : (TimeSpan?)null;
        if (fromWebhook && response.IsSuccessStatusCode)
        {
            return new((string?)null);
        }

        var body = await BodyAsync(response, cancellationToken).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
        {
            return FromApi(body, secret, retryAfter);
        }

        var status = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
        var word = fromWebhook ? Word(Encoding.UTF8.GetString(body.Span), secret) : FromApi(body, secret, null).Problem;
        return new(
            word is null or Foreign ? $"HTTP {status}" : $"HTTP {status} {word}",
            HttpTracker.TransientErrors.Matches(Outcome.FromResult(response)),
            retryAfter
        );
    }

    private static SlackAnswer FromApi(ReadOnlyMemory<byte> body, string secret, TimeSpan? retryAfter)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.GetProperty("ok"u8).GetBoolean())
            {
                return new(null, MessageId: json.RootElement.TryGetProperty("ts"u8, out var id) ? id.GetString() : null);
            }

            var word = json.RootElement.TryGetProperty("error"u8, out var error) ? Word(error.GetString(), secret) : "unknown_error";
            return new(
                word ?? Foreign,
                word is "ratelimited" or "rate_limited" or "internal_error" or "fatal_error" or "service_unavailable" or "request_timeout",
                retryAfter
            );
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return new(Foreign);
        }
    }

    // Slack's errors are words of small letters, digits and underscores. Whatever else the server says may be anything, the secret included.
    private static string? Word(string? answer, string secret) =>
        answer?.Trim() is { Length: > 0 and <= LongestWord } word
        && word.All(letter => letter is '_' or (>= 'a' and <= 'z') or (>= '0' and <= '9'))
        && !secret.Contains(word, StringComparison.OrdinalIgnoreCase)
            ? word
            : null;

    private static async Task<ReadOnlyMemory<byte>> BodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = new byte[LongestAnswer];
        using var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var read = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return body.AsMemory(0, read);
    }
}
