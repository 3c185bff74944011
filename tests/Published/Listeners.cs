namespace Fluxgate;

/// <summary>Listeners and their signals.</summary>
internal static class Listeners
{
    public static async Task ReceiveInOrder()
    {
        var received = new List<string>();
        var receivedAsync = new List<string>();
        var counter = new SignalCounter();
        var breaker = new FluxgateBreaker(
            "payments",
            new()
            {
                Tripper = Tripper.FailureStreak(1),
                Listeners =
                {
                    counter,
                    signal => received.Add(signal.ToString()),
                    (signal, _) =>
                    {
                        receivedAsync.Add(signal.ToString());
                        return default;
                    },
                    _ => throw new InvalidOperationException("A listener that fails."),
                },
            }
        );
        breaker.Admit().Settle(Verdict.Failure);
        breaker.Reset("mended");
        await breaker.DisposeAsync();

        string[] expected = ["payments: closed -> open (FailureStreak 1 >= 1)", "payments: open -> closed (mended)"];
        Check.That(received.SequenceEqual(expected), "a lambda receives every signal in order");
        Check.That(receivedAsync.SequenceEqual(expected), "an asynchronous listener receives every signal in order");
        Check.Equal((1, 2, 2, 1), (counter.Attached, counter.Signals, counter.Errors, counter.Detached), "the calls of a listener");
    }

    private sealed class SignalCounter : ICircuitListener
    {
        public int Attached { get; private set; }

        public int Detached { get; private set; }

        public int Signals { get; private set; }

        public int Errors { get; private set; }

        public void OnAttached(FluxgateBreaker breaker) => Attached++;

        public void OnDetached(FluxgateBreaker breaker) => Detached++;

        public void OnSignal(Signal signal) => Signals++;

        public void OnNotice(Notice notice) => Errors += notice is UserErrorNotice { Source: UserErrorSource.Listener } ? 1 : 0;
    }
}
