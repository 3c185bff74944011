using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Fluxgate;

/// <summary>Reads the JSON of a request, of which no more than a few kilobytes are accepted.</summary>
internal static class RequestBody
{
    private const int Longest = 16 * 1024;

    /// <summary>Reads a body, or responds with an error.</summary>
    /// <returns>The body; <see langword="null"/> after an error.</returns>
    public static async Task<T?> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        // A form of another site cannot have this content type; a script of another site must ask first.
        if (!context.Request.HasJsonContentType())
        {
            await ApiResponse
                .WriteProblemAsync(
                    context,
                    HttpStatusCode.UnsupportedMediaType,
                    "The body is not JSON",
                    "Content-Type must be application/json."
                )
                .ConfigureAwait(false);
            return null;
        }

        try
        {
            var bytes = new byte[Longest + 1];
            var length = await context
                .Request.Body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, context.RequestAborted)
                .ConfigureAwait(false);
            if (length > Longest)
            {
                await ApiResponse
                    .WriteProblemAsync(
                        context,
                        HttpStatusCode.RequestEntityTooLarge,
                        "The body is too long",
                        $"The body must have at most {RuleText.Number(Longest)} bytes."
                    )
                    .ConfigureAwait(false);
                return null;
            }

            if (JsonSerializer.Deserialize(bytes.AsSpan(0, length), type) is { } body)
            {
                return body;
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string with half a surrogate pair.
        }

        await ApiResponse
            .WriteProblemAsync(
                context,
                HttpStatusCode.BadRequest,
                "The body is not valid",
                "The body must be a JSON object, as the description of the API says."
            )
            .ConfigureAwait(false);
        return null;
    }
}
