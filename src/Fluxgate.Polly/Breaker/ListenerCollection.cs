using System.Collections;

namespace Fluxgate;

/// <summary>The listeners of a breaker: <c>Listeners = { new PrometheusListener(), signal => … }</c>. Not thread-safe. The breaker copies the collection.</summary>
public sealed class ListenerCollection : IReadOnlyCollection<IListener>
{
    private readonly List<IListener> _listeners = [];

    /// <summary>Gets the number of listeners.</summary>
    public int Count => _listeners.Count;

    /// <summary>Adds a listener.</summary>
    /// <param name="listener">An <see cref="ICircuitListener"/> or an <see cref="IAsyncCircuitListener"/>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="listener"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="listener"/> implements neither or both.</exception>
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

    /// <summary>Adds a callback that receives signals.</summary>
    /// <param name="onSignal">The callback; see <see cref="Listener.From(Action{Signal})"/>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="onSignal"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="onSignal"/> is an <c>async void</c> method.</exception>
    public void Add(Action<Signal> onSignal) => _listeners.Add(Listener.From(onSignal));

    /// <summary>Adds an asynchronous callback that receives signals through a bounded queue.</summary>
    /// <param name="onSignal">The callback; see <see cref="Listener.From(Func{Signal, CancellationToken, ValueTask})"/>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="onSignal"/> is <see langword="null"/>.</exception>
    public void Add(Func<Signal, CancellationToken, ValueTask> onSignal) => _listeners.Add(Listener.From(onSignal));

    /// <inheritdoc/>
    public IEnumerator<IListener> GetEnumerator() => _listeners.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
