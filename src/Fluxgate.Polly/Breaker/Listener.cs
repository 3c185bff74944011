using System.Runtime.CompilerServices;

namespace Fluxgate;

/// <summary>Creates listeners from callbacks.</summary>
public static class Listener
{
    /// <summary>Creates a listener that receives signals only.</summary>
    /// <param name="onSignal">The callback, which is called for every signal; see <see cref="ICircuitListener"/>. Must not be <c>async</c>: an asynchronous callback also takes a <see cref="CancellationToken"/>.</param>
    /// <returns>The listener.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="onSignal"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="onSignal"/> is an <c>async void</c> method.</exception>
    public static ICircuitListener From(Action<Signal> onSignal)
    {
        Require.NotNull(onSignal);
        if (onSignal.Method.IsDefined(typeof(AsyncStateMachineAttribute), inherit: false))
        {
            throw new ArgumentException(
                "onSignal must not be async void: it cannot be awaited, and an exception in it would end the process. Use (signal, cancellationToken) => … for an asynchronous listener.",
                nameof(onSignal)
            );
        }

        return new CallbackListener(onSignal);
    }

    /// <summary>Creates an asynchronous listener that receives signals only, through a bounded queue.</summary>
    /// <param name="onSignal">The callback, which is called for every signal; see <see cref="IAsyncCircuitListener"/>.</param>
    /// <returns>The listener.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="onSignal"/> is <see langword="null"/>.</exception>
    public static IAsyncCircuitListener From(Func<Signal, CancellationToken, ValueTask> onSignal) =>
        new AsyncCallbackListener(Require.NotNull(onSignal));

    private sealed class CallbackListener(Action<Signal> onSignal) : ICircuitListener
    {
        public void OnSignal(Signal signal) => onSignal(signal);
    }

    private sealed class AsyncCallbackListener(Func<Signal, CancellationToken, ValueTask> onSignal) : IAsyncCircuitListener
    {
        public ValueTask OnSignalAsync(Signal signal, CancellationToken cancellationToken) => onSignal(signal, cancellationToken);
    }
}
