namespace PaymentsApi;

/// <summary>What became of a payment.</summary>
/// <param name="Outcome">One of <see cref="Outcomes"/>, or <c>invalid</c>.</param>
/// <param name="FraudCheck">What the check said, or that it was passed over; where there was one.</param>
/// <param name="Upstream">Which upstream stood in the way.</param>
/// <param name="State">Its circuit's state, where the circuit rejected.</param>
/// <param name="Reason">Why it did not work.</param>
internal sealed record PaymentAnswer(
    string Outcome,
    string? FraudCheck = null,
    string? Upstream = null,
    string? State = null,
    string? Reason = null
);
