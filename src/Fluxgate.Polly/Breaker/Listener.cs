using System.Runtime.CompilerServices;

namespace Fluxgate;

/// <summary>Makes listeners of lambdas.</summary>
public static class Listener
{
    /// <summary>A listener that hears signals only.</summary>
    /// <param name="onSignal">Called for every signal; see <see cref="ICircuitListener"/>. Not an <c>async</c> lambda: that takes a <see cref="CancellationToken"/> too.</param>
    /// <returns>The listener.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="onSignal"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="onSignal"/> is an <c>async void</c> method.</exception>
    public static ICircuitListener From(Action<Signal> onSignal)
    {
        Require.NotNull(onSignal);
        if (onSignal.Method.IsDefined(typeof(AsyncStateMachineAttribute), inherit: false))
        {
            throw new ArgumentException(
                "onSignal must not be async: nobody could await it, and what it throws would end the process. Write (signal, cancellationToken) => … for an asynchronous listener.",
                nameof(onSignal)
            );
        }

        return new LambdaListener(onSignal);
    }

    /// <summary>A listener that hears signals only, behind a queue.</summary>
    /// <param name="onSignal">Called for every signal; see <see cref="IAsyncCircuitListener"/>.</param>
    /// <returns>The listener.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="onSignal"/> is <see langword="null"/>.</exception>
    public static IAsyncCircuitListener From(Func<Signal, CancellationToken, ValueTask> onSignal) =>
        new AsyncLambdaListener(Require.NotNull(onSignal));

    private sealed class LambdaListener(Action<Signal> onSignal) : ICircuitListener
    {
        public void OnSignal(Signal signal) => onSignal(signal);
    }

    private sealed class AsyncLambdaListener(Func<Signal, CancellationToken, ValueTask> onSignal) : IAsyncCircuitListener
    {
        public ValueTask OnSignalAsync(Signal signal, CancellationToken cancellationToken) => onSignal(signal, cancellationToken);
    }
}
