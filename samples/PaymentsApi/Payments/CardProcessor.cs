using System.Globalization;

namespace PaymentsApi;

/// <summary>Charges cards. A charge is not idempotent: it is a POST, which its client does not retry.</summary>
internal sealed class CardProcessor(IHttpClientFactory clients)
{
    public const string Name = "cards";

    /// <summary>Charges a card.</summary>
    /// <exception cref="HttpRequestException">The request failed. The circuit and the timeout throw their own exceptions.</exception>
    public async Task ChargeAsync(PaymentRequest payment, CancellationToken cancellationToken)
    {
        using var client = clients.CreateClient(Name);
        using var charge = new StringContent(string.Create(CultureInfo.InvariantCulture, $"{payment.Card} {payment.Amount}"));
        using var response = await client.PostAsync("/charges", charge, cancellationToken);
        response.EnsureSuccessStatusCode();
    }
}
