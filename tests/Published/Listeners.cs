namespace Fluxgate;

/// <summary>What listeners hear.</summary>
internal static class Listeners
{
    public static async Task HearInOrder()
    {
        var heard = new List<string>();
        var heardLater = new List<string>();
        var memory = new Memory();
        var breaker = new FluxgateBreaker(
            "payments",
            new()
            {
                Tripper = Tripper.FailureStreak(1),
                Listeners =
                {
                    memory,
                    signal => heard.Add(signal.ToString()),
                    (signal, _) =>
                    {
                        heardLater.Add(signal.ToString());
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
        Check.That(heard.SequenceEqual(expected), "a lambda hears every signal in order");
        Check.That(heardLater.SequenceEqual(expected), "an asynchronous listener hears every signal in order");
        Check.Equal((1, 2, 2, 1), (memory.Attached, memory.Signals, memory.Errors, memory.Detached), "what a listener hears");
    }

    private sealed class Memory : ICircuitListener
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
