namespace PaymentsApi;

/// <summary>What a caller wants to pay, and with which card.</summary>
internal sealed record PaymentRequest(decimal Amount, string? Card)
{
    /// <summary>What is wrong with it; <see langword="null"/> for nothing.</summary>
    public string? Problem =>
        Amount is <= 0 or > 1_000_000 || decimal.Round(Amount, 2) != Amount
            ? "amount must be more than 0, at most 1000000, with at most two decimals."
        : Card is not { Length: >= 12 and <= 19 } || !Card.All(char.IsAsciiDigit) ? "card must be 12 to 19 digits."
        : null;
}
