using System.Globalization;
using System.Text;
using System.Text.Json;
using Polly;

namespace Fluxgate;

/// <summary>The result of one attempt to post.</summary>
/// <param name="Problem">The reason of a failure, without secrets, or <see langword="null"/> if the message was posted.</param>
/// <param name="MayRetry">Whether another attempt may succeed.</param>
/// <param name="RetryAfter">The delay that Slack requests, if any.</param>
/// <param name="MessageId">The id of the message, which is its timestamp, if there is one.</param>
internal sealed record SlackResponse(string? Problem, bool MayRetry = false, TimeSpan? RetryAfter = null, string? MessageId = null)
{
    private const int MaxBodyLength = 64 * 1024;
    private const int MaxCodeLength = 64;
    private const string Unexpected = "unexpected response";

    public static async Task<SlackResponse> ReadAsync(
        HttpResponseMessage response,
        bool fromWebhook,
        string secret,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var retryAfter =
            HttpBreak.CreateRetryAfter(time)(Outcome.FromResult(response)) is { } wait && wait > TimeSpan.Zero ? wait : (TimeSpan?)null;
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
        var code = fromWebhook ? ErrorCode(Encoding.UTF8.GetString(body.Span), secret) : FromApi(body, secret, null).Problem;
        return new(
            code is null or Unexpected ? $"HTTP {status}" : $"HTTP {status} {code}",
            HttpTracker.TransientErrors.Matches(Outcome.FromResult(response)),
            retryAfter
        );
    }

    private static SlackResponse FromApi(ReadOnlyMemory<byte> body, string secret, TimeSpan? retryAfter)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.GetProperty("ok"u8).GetBoolean())
            {
                return new(null, MessageId: json.RootElement.TryGetProperty("ts"u8, out var id) ? id.GetString() : null);
            }

            var code = json.RootElement.TryGetProperty("error"u8, out var error) ? ErrorCode(error.GetString(), secret) : "unknown_error";
            return new(
                code ?? Unexpected,
                code is "ratelimited" or "rate_limited" or "internal_error" or "fatal_error" or "service_unavailable" or "request_timeout",
                retryAfter
            );
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return new(Unexpected);
        }
    }

    // Slack's error codes consist of lowercase letters, digits and underscores. Any other text may contain the secret.
    private static string? ErrorCode(string? text, string secret) =>
        text?.Trim() is { Length: > 0 and <= MaxCodeLength } code
        && code.All(letter => letter is '_' or (>= 'a' and <= 'z') or (>= '0' and <= '9'))
        && !secret.Contains(code, StringComparison.OrdinalIgnoreCase)
            ? code
            : null;

    private static async Task<ReadOnlyMemory<byte>> BodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = new byte[MaxBodyLength];
        using var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var read = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return body.AsMemory(0, read);
    }
}
