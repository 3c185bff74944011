using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace PaymentsApi;

/// <summary>Writes the results of the health checks as JSON: the status and the data of each check.</summary>
internal static class HealthPage
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static async Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, Options);
        json.WriteStartObject();
        json.WriteString("status", Label(report.Status));
        foreach (var (name, entry) in report.Entries)
        {
            json.WritePropertyName(name);
            Write(json, entry.Data);
        }

        json.WriteEndObject();
        await json.FlushAsync(context.RequestAborted);
        await context.Response.WriteAsync("\n", context.RequestAborted);
    }

    private static void Write(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case IReadOnlyDictionary<string, object> data:
                json.WriteStartObject();
                foreach (var (key, inner) in data)
                {
                    json.WritePropertyName(key);
                    Write(json, inner);
                }

                json.WriteEndObject();
                break;
            case IEnumerable<object> list:
                json.WriteStartArray();
                foreach (var inner in list)
                {
                    Write(json, inner);
                }

                json.WriteEndArray();
                break;
            case DateTimeOffset time:
                json.WriteStringValue(time);
                break;
            case double number:
                json.WriteNumberValue(number);
                break;
            case int count:
                json.WriteNumberValue(count);
                break;
            default:
                json.WriteStringValue(value?.ToString());
                break;
        }
    }

    private static string Label(HealthStatus status) =>
        status switch
        {
            HealthStatus.Healthy => "healthy",
            HealthStatus.Degraded => "degraded",
            _ => "unhealthy",
        };
}
