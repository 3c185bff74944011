namespace PaymentsApi;

/// <summary>A request to pay an amount with a card.</summary>
internal sealed record PaymentRequest(decimal Amount, string? Card)
{
    /// <summary>Gets the error of the request, or <see langword="null"/> if it is valid.</summary>
    public string? Problem =>
        Amount is <= 0 or > 1_000_000 || decimal.Round(Amount, 2) != Amount
            ? "amount must be more than 0, at most 1000000, with at most two decimals."
        : Card is not { Length: >= 12 and <= 19 } || !Card.All(char.IsAsciiDigit) ? "card must be 12 to 19 digits."
        : null;
}
