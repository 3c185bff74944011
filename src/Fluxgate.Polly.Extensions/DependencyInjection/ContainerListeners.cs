using Microsoft.Extensions.DependencyInjection;

namespace Fluxgate;

/// <summary>The listeners that the container holds for its breakers.</summary>
internal sealed class ContainerListeners(IServiceProvider services, IEnumerable<ListenerRegistration> registrations)
{
    [ThreadStatic]
    private static ContainerListeners? _resolving;

    // The same registration again changes nothing.
    private readonly ListenerRegistration[] _registrations = [.. registrations.Distinct()];
    private ListenersByName? _listeners;

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
            return Listeners().For(name);
        }
        finally
        {
            _resolving = other;
        }
    }

    // Once, also where the application registered a listener as transient. Not under a lock: the container takes locks of its own.
    private ListenersByName Listeners()
    {
        if (Volatile.Read(ref _listeners) is { } made)
        {
            return made;
        }

        var listeners = new ListenersByName(_registrations.Select(registration => (registration.CircuitName, Resolve(registration))));
        // A container disposes the newest first: what ends the breakers must be younger than every listener that they still tell of it.
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
                $"The listener {registration.Type} of {(registration.CircuitName is { } name ? $"the breaker '{name}'" : "all breakers")} could not be made: {error.Message}",
                error
            );
        }
    }

    /// <summary>Listeners by the breaker that they hear, so that no breaker looks at those of all others.</summary>
    private sealed class ListenersByName
    {
        private readonly List<(int Place, IListener Listener)> _ofAll = [];
        private readonly Dictionary<string, List<(int Place, IListener Listener)>> _ofOne = new(BreakerNames.Comparer);

        public ListenersByName(IEnumerable<(string? Name, IListener Listener)> listeners)
        {
            var place = 0;
            foreach (var (name, listener) in listeners)
            {
                var heard = _ofAll;
                if (name is not null && !_ofOne.TryGetValue(name, out heard))
                {
                    _ofOne[name] = heard = [];
                }

                heard.Add((place++, listener));
            }
        }

        /// <summary>The listeners of a breaker, in the order in which they were added.</summary>
        public IReadOnlyList<IListener> For(string name) =>
            [.. _ofAll.Concat(_ofOne.GetValueOrDefault(name, [])).OrderBy(one => one.Place).Select(one => one.Listener)];
    }
}
