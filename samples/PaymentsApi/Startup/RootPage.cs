namespace PaymentsApi;

/// <summary>The root page, which lists the endpoints.</summary>
internal static class RootPage
{
    private const string Always = """
        Payments, with a circuit breaker before each upstream.

        POST /payments                                     {"amount":20,"card":"4242424242424242"}
        GET  /metrics                                      for Prometheus
        GET  /health                                       state, reason and next probe of each circuit
        POST /upstreams/{cards|fraud}/break?how=fail|hang|slow|reset
        POST /upstreams/{cards|fraud}/heal

        """;

    private const string WithKey = """

        With a name and the key as the password:
        GET  /circuits                                     the live page
        GET  /circuits/api/circuits
        GET  /circuits/api/circuit?name={name}
        POST /circuits/api/circuit/{reset|trip|probe|force-open|disable|metrics-only}?name={name}   {"reason":"..."}

        """;

    public static string Text(Settings settings) => settings.ControlKey is null ? Always : Always + WithKey;
}
