using Fluxgate;
using Polly;

namespace PaymentsApi;

/// <summary>Clients of the upstreams: each with time-outs, retries and the breaker of its name around what it sends.</summary>
internal static class UpstreamClients
{
    /// <param name="services">The services.</param>
    /// <param name="name">The name of client, breaker and upstream.</param>
    /// <param name="attemptTimeout">How long one attempt may take.</param>
    /// <param name="retries">How many attempts follow one that failed.</param>
    public static void AddUpstreamClient(this IServiceCollection services, string name, TimeSpan attemptTimeout, int retries) =>
        services
            .AddHttpClient(name, (provider, http) => http.BaseAddress = provider.GetRequiredService<Upstreams>().Find(name)!.Address)
            .AddFluxgateHandler(
                (pipeline, provider) =>
                    pipeline.AddFluxgateStandard(
                        provider.GetRequiredService<FluxgateBreakers>()[name],
                        standard =>
                        {
                            standard.AttemptTimeout = attemptTimeout;
                            standard.TotalRequestTimeout = (attemptTimeout * (retries + 1)) + TimeSpan.FromSeconds(1);
                            standard.MaxRetryAttempts = retries;
                            standard.RetryDelay = TimeSpan.FromMilliseconds(50);
                        }
                    )
            );
}
