namespace PaymentsApi;

/// <summary>The response to a payment.</summary>
/// <param name="Outcome">One of <see cref="Outcomes"/>, or <c>invalid</c>.</param>
/// <param name="FraudCheck">The result of the fraud check, or why it was skipped.</param>
/// <param name="Upstream">The upstream that failed or whose circuit rejected the call.</param>
/// <param name="State">The state of the circuit, if it rejected the call.</param>
/// <param name="Reason">The reason of the failure or rejection.</param>
internal sealed record PaymentResponse(
    string Outcome,
    string? FraudCheck = null,
    string? Upstream = null,
    string? State = null,
    string? Reason = null
);
