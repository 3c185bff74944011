using static Fluxgate.InvalidSetting;

namespace Fluxgate;

/// <summary>Settings that a breaker refuses, and calls that it refuses.</summary>
internal static class InvalidBreakers
{
    private static readonly VirtualTime Time = new();

    public static IEnumerable<InvalidSetting> All => [.. Settings, .. DeadRules, .. Names, .. Listeners, .. Uses];

    private static InvalidSetting[] Settings =>
        [
            In(settings => settings.Window = null!, "Window must not be null."),
            In(settings => settings.Tripper = null!, "Tripper must not be null."),
            In(settings => settings.BreakDuration = null!, "BreakDuration must not be null."),
            In(settings => settings.Permit = null!, "Permit must not be null."),
            In(settings => settings.Recovery = null!, "Recovery must not be null."),
            In(settings => settings.Listeners = null!, "Listeners must not be null."),
            In(settings => settings.ProbeLease = TimeSpan.Zero, "ProbeLease must be greater than zero, but is 00:00:00."),
            In(
                settings => settings.ProbeLease = Timeout.InfiniteTimeSpan,
                "ProbeLease must be greater than zero, but is -00:00:00.0010000."
            ),
            In(
                settings => settings.ListenerFlushTimeout = TimeSpan.Zero,
                "ListenerFlushTimeout must be greater than zero and at most 1d, but is 00:00:00."
            ),
            In(
                settings => settings.ListenerFlushTimeout = TimeSpan.FromDays(50),
                "ListenerFlushTimeout must be greater than zero and at most 1d, but is 50.00:00:00."
            ),
            In(settings => settings.ListenerQueueCapacity = 0, "ListenerQueueCapacity must be at least 1, but is 0."),
            In(settings => settings.InitialState = (BreakerState)42, "InitialState must be one of the six breaker states, but is 42."),
            In(settings => settings.InitialState = (BreakerState)(-1), "InitialState must be one of the six breaker states, but is -1."),
            In(
                settings => settings.Tripper = SlowAt(1) | SlowAt(2) | SlowAt(3) | SlowAt(4) | SlowAt(5),
                "Tripper must have at most 4 different slow-call durations, but has 5: 1s, 2s, 3s, 4s, 5s."
            ),
            In(
                settings => settings.Tripper = new SlowNever(),
                "Tripper must have slow-call durations greater than zero, but SlowNever has 00:00:00."
            ),
            In(
                settings => (settings.Window, settings.Tripper) = (Window.Count(1_000_001), SlowAt(1)),
                "Window must hold at most 1000000 calls if the rule uses durations, because it stores each call, but is Count(1000001)."
            ),
        ];

    private static InvalidSetting[] DeadRules =>
        [
            In(
                settings => settings.Tripper = Tripper.MinRequests(101) & Tripper.FailureRate(0.5),
                "Tripper can never fire while the circuit is closed: MinRequests(101) requires more calls than the window's 100. "
                    + "The rule is MinRequests(101) & FailureRate(50%), the window Count(100)."
            ),
            In(
                settings => settings.Tripper = Tripper.Closed & Tripper.HalfOpened,
                "Tripper can never fire while the circuit is closed: HalfOpened does not fire while closed. "
                    + "The rule is Closed & HalfOpened, the window Count(100)."
            ),
            In(
                settings => settings.Tripper = Tripper.HalfOpened & Tripper.FailureStreak(1),
                "Tripper can never fire while the circuit is closed: HalfOpened does not fire while closed. "
                    + "The rule is HalfOpened & FailureStreak(1), the window Count(100)."
            ),
            In(
                settings => (settings.Window, settings.Tripper) = (Window.Count(9), Tripper.MinRequests(10) | Tripper.MinRequests(11)),
                "Tripper can never fire while the circuit is closed: MinRequests(10) requires more calls than the window's 9. "
                    + "The rule is MinRequests(10) | MinRequests(11), the window Count(9)."
            ),
        ];

    private static InvalidSetting[] Names =>
        [
            Of(() => _ = new FluxgateBreaker(null!), "name must not be null: a circuit has a name of 1 to 256 characters."),
            Of(() => _ = new FluxgateBreaker(""), "name must not be empty: a circuit has a name of 1 to 256 characters."),
            Of(() => _ = new FluxgateBreaker(new string('x', 257)), "name must have at most 256 characters, but has 257."),
        ];

    private static InvalidSetting[] Listeners =>
        [
            Of(() => new ListenerCollection().Add((IListener)null!), "listener must not be null."),
            Of(() => new ListenerCollection().Add((Action<Signal>)null!), "onSignal must not be null."),
            Of(() => new ListenerCollection().Add((Func<Signal, CancellationToken, ValueTask>)null!), "onSignal must not be null."),
            Of(
                () => new ListenerCollection().Add(new Neither()),
                "listener must be either an ICircuitListener or an IAsyncCircuitListener, but Neither is neither."
            ),
            Of(
                () => new ListenerCollection().Add(new Both()),
                "listener must be either an ICircuitListener or an IAsyncCircuitListener, but Both is both."
            ),
            Of(
                () => new ListenerCollection().Add(AsyncVoid),
                "onSignal must not be async void: it cannot be awaited, and an exception in it would end the process. "
                    + "Use (signal, cancellationToken) => … for an asynchronous listener."
            ),
        ];

    private static InvalidSetting[] Uses =>
        [
            Of(
                () => SettleTwice(Admitted()),
                "The admission of circuit 'payments' has already been settled. Settle an admission exactly once."
            ),
            Of(
                () => new FluxgateBreaker("orders", null, Time).Settle(Admitted(), Verdict.Success),
                "admission must belong to the breaker 'orders', but belongs to another breaker named 'payments'."
            ),
            Of(() => new FluxgateBreaker("orders", null, Time).Settle(null!, Verdict.Success), "admission must not be null."),
            Of(
                () => Admitted().Settle(Verdict.Success, TimeSpan.FromTicks(-1)),
                "duration must be at least zero, but is -00:00:00.0000001."
            ),
            Of(() => Admitted().Settle((Verdict)7), "verdict must be Success, Failure or Ignored, but is 7."),
            Of(() => Admitted().Settle((Verdict)(-1)), "verdict must be Success, Failure or Ignored, but is -1."),
            Of(() => ((BreakerState)6).ToLabel(), "state must be one of the six breaker states, but is 6."),
        ];

#pragma warning disable MA0147 // What is refused here.
    private static Action<Signal> AsyncVoid => async _ => await Task.Yield();
#pragma warning restore MA0147

    private static Tripper SlowAt(int seconds) => Tripper.SlowRate(0.5, TimeSpan.FromSeconds(seconds));

    private static Admission Admitted() => new FluxgateBreaker("payments", null, Time).Admit();

    private static void SettleTwice(Admission admission)
    {
        admission.Settle(Verdict.Success);
        admission.Settle(Verdict.Success);
    }

    private sealed class Neither : IListener;

    private sealed class Both : ICircuitListener, IAsyncCircuitListener
    {
        public void OnSignal(Signal signal) { }

        public ValueTask OnSignalAsync(Signal signal, CancellationToken cancellationToken) => default;
    }

    private sealed class SlowNever : Tripper
    {
        public override TimeSpan? SlowThreshold => TimeSpan.Zero;

        public override bool Fires(in TripperContext reading) => false;

        public override string ToString() => nameof(SlowNever);
    }
}
