using System.Globalization;

namespace PaymentsApi;

/// <summary>Asks the fraud check. A question may be asked again, so its client retries.</summary>
internal sealed class FraudCheck(IHttpClientFactory clients)
{
    public const string Name = "fraud";

    /// <exception cref="HttpRequestException">It failed. A circuit or a time-out throws its own.</exception>
    public async Task<bool> PassesAsync(PaymentRequest payment, CancellationToken cancellationToken)
    {
        using var client = clients.CreateClient(Name);
        var question = string.Create(CultureInfo.InvariantCulture, $"/check?last4={payment.Card![^4..]}&amount={payment.Amount}");
        return await client.GetStringAsync(question, cancellationToken) == "pass";
    }
}
