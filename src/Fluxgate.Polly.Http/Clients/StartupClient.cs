namespace Fluxgate;

/// <summary>A client that is built when the host starts.</summary>
/// <param name="Name">The name of the client; <see langword="null"/> for the defaults of all clients, with which the client without a name is built.</param>
/// <param name="Check">Throws if the breaker or the group of the client is not defined, for pipelines that are built at the first request.</param>
internal sealed record StartupClient(string? Name, Action<IServiceProvider> Check);
