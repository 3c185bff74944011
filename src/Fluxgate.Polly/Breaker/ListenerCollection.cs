using System.Collections;

namespace Fluxgate;

/// <summary>The listeners of a breaker: <c>Listeners = { new PrometheusListener(), signal => … }</c>. Not thread-safe; a breaker copies it.</summary>
public sealed class ListenerCollection : IReadOnlyCollection<IListener>
{
    private readonly List<IListener> _listeners = [];

    /// <summary>How many there are.</summary>
    public int Count => _listeners.Count;

    /// <summary>Adds a listener.</summary>
    /// <param name="listener">An <see cref="ICircuitListener"/> or an <see cref="IAsyncCircuitListener"/>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="listener"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="listener"/> is neither, or both.</exception>
    public void Add(IListener listener)
    {
        Require.NotNull(listener);
        if (listener is ICircuitListener == listener is IAsyncCircuitListener)
        {
            throw new ArgumentException(
                $"listener must be either an ICircuitListener or an IAsyncCircuitListener, but {listener.GetType().Name} is {(listener is ICircuitListener ? "both" : "neither")}.",
                nameof(listener)
            );
        }

        _listeners.Add(listener);
    }

    /// <summary>Adds a lambda that hears signals.</summary>
    /// <param name="onSignal">See <see cref="Listener.From(Action{Signal})"/>.</param>
    public void Add(Action<Signal> onSignal) => _listeners.Add(Listener.From(onSignal));

    /// <summary>Adds an asynchronous lambda that hears signals behind a queue.</summary>
    /// <param name="onSignal">See <see cref="Listener.From(Func{Signal, CancellationToken, ValueTask})"/>.</param>
    public void Add(Func<Signal, CancellationToken, ValueTask> onSignal) => _listeners.Add(Listener.From(onSignal));

    /// <inheritdoc/>
    public IEnumerator<IListener> GetEnumerator() => _listeners.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
