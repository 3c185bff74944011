using Fluxgate;
using Polly;

namespace PaymentsApi;

/// <summary>Adds the clients of the upstreams with timeouts, retries and breakers.</summary>
internal static class UpstreamClients
{
    /// <summary>Adds the client of an upstream.</summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The name of the client, the breaker and the upstream.</param>
    /// <param name="attemptTimeout">The timeout of an attempt.</param>
    /// <param name="retries">The maximum number of retries.</param>
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
