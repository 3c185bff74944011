using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace PaymentsApi;

/// <summary>Serializes breakers as indented JSON without escapes in the reasons.</summary>
[JsonSerializable(typeof(BreakerView))]
[JsonSerializable(typeof(BreakerView[]))]
internal sealed partial class BreakersJson : JsonSerializerContext
{
    public static BreakersJson Plain { get; } =
        new(
            new JsonSerializerOptions
            {
                PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
                DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
                Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
                WriteIndented = true,
            }
        );
}
