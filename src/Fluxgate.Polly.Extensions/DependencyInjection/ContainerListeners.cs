using Microsoft.Extensions.DependencyInjection;

namespace Fluxgate;

/// <summary>The listeners that the container holds for its breakers.</summary>
internal sealed class ContainerListeners(IServiceProvider services, IEnumerable<ListenerRegistration> registrations)
{
    [ThreadStatic]
    private static ContainerListeners? _resolving;

    private readonly ListenerRegistration[] _registrations = [.. registrations];
    private (ListenerRegistration Registration, IListener Listener)[]? _listeners;

    public IReadOnlyList<IListener> For(string name)
    {
        if (ReferenceEquals(_resolving, this))
        {
            // Without this the container would make the same listener again and again.
            throw new InvalidOperationException(
                $"The breaker '{name}' is asked for while the container makes the listeners of its breakers. Let the listener take FluxgateBreakers, and ask when it is called."
            );
        }

        var other = _resolving;
        _resolving = this;
        try
        {
            return [.. Listeners().Where(listener => listener.Registration.Hears(name)).Select(listener => listener.Listener)];
        }
        finally
        {
            _resolving = other;
        }
    }

    // Once, also where the application registered a listener as transient. Not under a lock: the container takes locks of its own.
    private (ListenerRegistration Registration, IListener Listener)[] Listeners()
    {
        if (Volatile.Read(ref _listeners) is { } made)
        {
            return made;
        }

        var listeners = _registrations.Select(registration => (registration, Resolve(registration))).ToArray();
        // A container disposes the newest first: what ends the breakers must be younger than every listener that they still tell of it.
        _ = services.GetRequiredService<BreakersEnd>();
        return Interlocked.CompareExchange(ref _listeners, listeners, null) ?? listeners;
    }

    private IListener Resolve(ListenerRegistration registration)
    {
        try
        {
            var listener = registration.Resolve(services);
            return listener is ICircuitListener != listener is IAsyncCircuitListener
                ? listener
                : throw new InvalidOperationException(
                    $"it must be either an ICircuitListener or an IAsyncCircuitListener, but is {(listener is ICircuitListener ? "both" : "neither")}."
                );
        }
        catch (Exception error)
        {
            throw new InvalidOperationException(
                $"The listener {registration.Type} of {(registration.CircuitName is { } name ? $"the breaker '{name}'" : "all breakers")} could not be made: {error.Message}",
                error
            );
        }
    }
}
