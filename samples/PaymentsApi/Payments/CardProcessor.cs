using System.Globalization;

namespace PaymentsApi;

/// <summary>Charges cards. What moves money is not tried twice, so its client does not retry.</summary>
internal sealed class CardProcessor(IHttpClientFactory clients)
{
    public const string Name = "cards";

    /// <exception cref="HttpRequestException">It failed. A circuit or a time-out throws its own.</exception>
    public async Task ChargeAsync(PaymentRequest payment, CancellationToken cancellationToken)
    {
        using var client = clients.CreateClient(Name);
        using var charge = new StringContent(string.Create(CultureInfo.InvariantCulture, $"{payment.Card} {payment.Amount}"));
        using var response = await client.PostAsync("/charges", charge, cancellationToken);
        response.EnsureSuccessStatusCode();
    }
}
