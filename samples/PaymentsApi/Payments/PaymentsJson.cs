using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace PaymentsApi;

/// <summary>How payments are written: by generated code, so that the trimmer sees what is needed.</summary>
[JsonSerializable(typeof(PaymentRequest))]
[JsonSerializable(typeof(PaymentAnswer))]
internal sealed partial class PaymentsJson : JsonSerializerContext
{
    /// <summary>With <c>&gt;=</c> and <c>&amp;</c> as they are: the reasons are full of them, and no browser reads this as HTML.</summary>
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
