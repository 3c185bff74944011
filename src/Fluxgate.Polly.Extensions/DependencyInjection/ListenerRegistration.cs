namespace Fluxgate;

/// <summary>A listener that the container makes.</summary>
/// <param name="CircuitName">The one breaker that it hears, or <see langword="null"/> for all.</param>
/// <param name="Type">What it is, for messages.</param>
/// <param name="Resolve">Asks the container for it: one instance for all breakers.</param>
internal sealed record ListenerRegistration(string? CircuitName, Type Type, Func<IServiceProvider, IListener> Resolve);
