namespace Fluxgate;

/// <summary>An expression to ask Prometheus for.</summary>
/// <param name="Where">Where it stands.</param>
/// <param name="Written">As it stands there.</param>
/// <param name="Asked">As it is sent.</param>
internal sealed record KitQuestion(string Where, string Written, string Asked);
