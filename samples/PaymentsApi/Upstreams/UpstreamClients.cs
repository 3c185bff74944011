namespace PaymentsApi;

/// <summary>Adds the clients of the upstreams with timeouts, retries and breakers.</summary>
internal static class UpstreamClients
{
    /// <summary>Adds the client of an upstream. Its breaker has the same name. A failed request is retried once if it is idempotent.</summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The name of the client, the breaker and the upstream.</param>
    /// <param name="attemptTimeout">The timeout of an attempt.</param>
    public static void AddUpstreamClient(this IServiceCollection services, string name, TimeSpan attemptTimeout) =>
        services
            .AddHttpClient(name, (provider, http) => http.BaseAddress = provider.GetRequiredService<Upstreams>().Find(name)!.Address)
            .AddFluxgateStandardResilienceHandler(
                name,
                standard =>
                {
                    standard.AttemptTimeout.Timeout = attemptTimeout;
                    standard.TotalRequestTimeout.Timeout = (2 * attemptTimeout) + TimeSpan.FromSeconds(1);
                    standard.Retry.MaxRetryAttempts = 1;
                    standard.Retry.Delay = TimeSpan.FromMilliseconds(50);
                }
            );
}
