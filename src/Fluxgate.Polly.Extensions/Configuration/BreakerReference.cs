namespace Fluxgate;

/// <summary>Something of the application that is there for one breaker.</summary>
/// <param name="Breaker">The breaker's name.</param>
/// <param name="Who">What it is, as a sentence begins: <c>The health check 'fluxgate-payments'</c>.</param>
internal sealed record BreakerReference(string Breaker, string Who);
