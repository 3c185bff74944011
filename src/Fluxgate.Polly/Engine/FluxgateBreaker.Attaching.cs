namespace Fluxgate;

/// <content>How listeners are attached apart from the breaker's creation.</content>
public sealed partial class FluxgateBreaker
{
    private int _attached;

    /// <summary>
    /// Creates a breaker whose listeners are not called before <see cref="Attach"/>. Use it where several threads may create the breaker of
    /// one name: publish one of them and attach its listeners, and dispose the others.
    /// </summary>
    /// <param name="name">The circuit's name, as in the constructor.</param>
    /// <param name="settings">The parts, as in the constructor.</param>
    /// <param name="timeProvider">The breaker's one clock, as in the constructor.</param>
    /// <returns>The breaker. It decides at once; what happens before its listeners are attached is delivered to them afterwards.</returns>
    /// <exception cref="ArgumentException">As in the constructor.</exception>
    public static FluxgateBreaker CreateUnattached(
        string name,
        FluxgateBreakerSettings? settings = null,
        TimeProvider? timeProvider = null
    ) => new(name, settings ?? new(), new Clock(timeProvider ?? TimeProvider.System));

    /// <summary>Attaches the listeners of a breaker of <see cref="CreateUnattached"/>: calls their <c>OnAttached</c> in order, then delivers what has happened.</summary>
    /// <remarks>Does nothing where the listeners are attached, or the breaker was disposed before they were. Thread-safe.</remarks>
    public void Attach()
    {
        if (Interlocked.Exchange(ref _attached, 1) != 0)
        {
            return;
        }

        foreach (var listener in _listeners)
        {
            CallOnAttached(listener);
        }

        _timeline.Begin();
        Wake();
    }

    private void CallOnAttached(ICircuitListener listener)
    {
        try
        {
            ListenerCall.Run(static call => call.Listener.OnAttached(call.Breaker), (Listener: listener, Breaker: this));
        }
        catch (Exception error)
        {
            UserCode.Failed(UserErrorSource.Listener, error);
        }
    }
}
