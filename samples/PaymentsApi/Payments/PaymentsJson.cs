using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace PaymentsApi;

/// <summary>Serializes payments with generated code, which supports trimming.</summary>
[JsonSerializable(typeof(PaymentRequest))]
[JsonSerializable(typeof(PaymentResponse))]
internal sealed partial class PaymentsJson : JsonSerializerContext
{
    /// <summary>Gets a context that does not escape <c>&gt;=</c> and <c>&amp;</c> in the reasons. The responses are not embedded in HTML.</summary>
    public static PaymentsJson Plain { get; } =
        new(
            new JsonSerializerOptions
            {
                PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
                DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
                Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            }
        );
}
