namespace Fluxgate;

/// <summary>A listener that the container creates.</summary>
/// <param name="CircuitName">The breaker that it is attached to, or <see langword="null"/> for all breakers.</param>
/// <param name="Type">The type of the listener, for messages.</param>
/// <param name="Resolve">Resolves the listener from the container: one instance for all breakers.</param>
internal sealed record ListenerRegistration(string? CircuitName, Type Type, Func<IServiceProvider, IListener> Resolve);
