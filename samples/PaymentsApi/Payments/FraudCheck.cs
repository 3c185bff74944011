using System.Globalization;

namespace PaymentsApi;

/// <summary>Calls the fraud check. The request is idempotent, so its client retries.</summary>
internal sealed class FraudCheck(IHttpClientFactory clients)
{
    public const string Name = "fraud";

    /// <summary>Returns whether a payment passes the check.</summary>
    /// <exception cref="HttpRequestException">The request failed. The circuit and the timeout throw their own exceptions.</exception>
    public async Task<bool> PassesAsync(PaymentRequest payment, CancellationToken cancellationToken)
    {
        using var client = clients.CreateClient(Name);
        var request = string.Create(CultureInfo.InvariantCulture, $"/check?last4={payment.Card![^4..]}&amount={payment.Amount}");
        return await client.GetStringAsync(request, cancellationToken) == "pass";
    }
}
