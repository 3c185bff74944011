namespace PaymentsApi;

/// <summary>Starts and stops the upstreams with the service.</summary>
internal sealed class Upstreams(Settings settings) : IHostedService, IDisposable
{
    public Upstream Cards { get; } = new("cards", settings.CardsPort, _ => "charged");

    /// <summary>Gets the fraud check, which declines cards whose number ends with 0013.</summary>
    public Upstream Fraud { get; } =
        new("fraud", settings.FraudPort, context => context.Request.Query["last4"] == "0013" ? "decline" : "pass");

    public Upstream? Find(string name) => Array.Find([Cards, Fraud], upstream => upstream.Name == name);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await Cards.StartAsync(cancellationToken);
        await Fraud.StartAsync(cancellationToken);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await Cards.StopAsync(cancellationToken);
        await Fraud.StopAsync(cancellationToken);
    }

    public void Dispose()
    {
        Cards.Dispose();
        Fraud.Dispose();
    }
}
