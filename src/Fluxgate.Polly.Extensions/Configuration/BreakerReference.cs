namespace Fluxgate;

/// <summary>Something of the application that refers to a breaker by name.</summary>
/// <param name="Breaker">The name of the breaker.</param>
/// <param name="Subject">What refers to it, as the beginning of a sentence: <c>The health check 'fluxgate-payments'</c>.</param>
internal sealed record BreakerReference(string Breaker, string Subject);
