using Microsoft.Extensions.DependencyInjection;

namespace Fluxgate;

/// <summary>Creates the listeners that the container holds for its breakers, and finds those of a breaker.</summary>
internal sealed class ContainerListeners(IServiceProvider services, IEnumerable<ListenerRegistration> registrations)
{
    [ThreadStatic]
    private static ContainerListeners? _resolving;

    // Equal registrations count once.
    private readonly ListenerRegistration[] _registrations = [.. registrations.Distinct()];
    private ILookup<string, (int Order, IListener Listener)>? _listeners;

    /// <summary>Returns the listeners of a breaker or a group, in the order in which they were added.</summary>
    /// <param name="name">The name of its settings (see <see cref="GroupNames"/>).</param>
    public IReadOnlyList<IListener> For(string name)
    {
        if (ReferenceEquals(_resolving, this))
        {
            // Without this check the container would create the same listener again, without end.
            throw new InvalidOperationException(
                $"The {GroupNames.Describe(name)} is requested while the container creates the listeners of its breakers. Inject FluxgateBreakers into the listener, and request it when the listener is called."
            );
        }

        var other = _resolving;
        _resolving = this;
        try
        {
            var listeners = Listeners();
            return [.. listeners[""].Concat(listeners[GroupNames.Bare(name)]).OrderBy(one => one.Order).Select(one => one.Listener)];
        }
        finally
        {
            _resolving = other;
        }
    }

    // Created once, even if the application registered a listener as transient. Not under a lock, because the container takes its own locks.
    private ILookup<string, (int Order, IListener Listener)> Listeners()
    {
        if (Volatile.Read(ref _listeners) is { } created)
        {
            return created;
        }

        // By name, so that no breaker reads the listeners of all others. The name of a breaker is never empty.
        var listeners = _registrations
            .Select((registration, order) => (Name: registration.CircuitName ?? "", One: (order, Resolve(registration))))
            .ToLookup(one => one.Name, one => one.One, BreakerNames.Comparer);

        // A container disposes the newest service first: the breakers must be disposed before the listeners that they flush.
        _ = services.GetRequiredService<BreakerDisposer>();
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
                $"The listener {registration.Type} of {(registration.CircuitName is { } name ? $"the breaker '{name}'" : "all breakers")} could not be created: {error.Message}",
                error
            );
        }
    }
}
