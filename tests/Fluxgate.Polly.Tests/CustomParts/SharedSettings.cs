namespace Fluxgate;

/// <summary>Parts are descriptions: breakers that share them share no state.</summary>
public sealed class SharedSettings
{
    [Fact]
    public void Two_breakers_with_the_same_settings_share_no_state()
    {
        var time = new VirtualTime();
        var settings = new FluxgateBreakerSettings
        {
            Window = new Recent(),
            Tripper = new Countdown(3),
            BreakDuration = BreakDuration.None,
            Permit = new Once(),
            Recovery = Recovery.AfterProbes(1),
        };
        var (one, other) = (new FluxgateBreaker("one", settings, time), new FluxgateBreaker("other", settings, time));

        one.Admit().Settle(Verdict.Failure);
        one.Admit().Settle(Verdict.Failure);
        other.Admit().Settle(Verdict.Failure);
        Assert.Equal((2, 1), (one.Snapshot().WindowRequests, other.Snapshot().WindowRequests));
        Assert.Equal((BreakerState.Closed, BreakerState.Closed), (one.State, other.State));

        one.Admit().Settle(Verdict.Failure);
        Assert.Equal((BreakerState.Open, BreakerState.Closed), (one.State, other.State));

        // The second call of each asks the permit, which admits one call in each.
        other.Trip();
        Assert.Equal((2, 2), (Admitted(one), Admitted(other)));
    }

    [Fact]
    public void Changing_the_settings_later_does_not_change_the_breaker()
    {
        var settings = new FluxgateBreakerSettings { Tripper = Tripper.FailureStreak(2) };
        var world = new World(settings);

        settings.Tripper = Tripper.FailureStreak(1);
        settings.Listeners = [];
        world.Fail();
        Assert.Equal(BreakerState.Closed, world.State);
        world.Fail();

        Assert.Equal(BreakerState.Open, Assert.Single(world.Signals).NewState);
    }

    [Fact]
    public void A_shared_listener_receives_the_signals_of_both_by_name()
    {
        var received = new List<string>();
        var settings = new FluxgateBreakerSettings { Listeners = { signal => received.Add(signal.CircuitName) } };
        var time = new VirtualTime();

        new FluxgateBreaker("one", settings, time).Trip();
        new FluxgateBreaker("other", settings, time).Trip();

        Assert.Equal(["one", "other"], received);
    }

    private static int Admitted(FluxgateBreaker breaker) => Enumerable.Range(0, 5).Count(_ => breaker.TryAdmit(out var _));

    private sealed class Recent : Window
    {
        public override WindowState Start(WindowContext context) => Count(10).Start(context);
    }

    private sealed class Countdown : Tripper
    {
        private readonly int _calls;
        private int _left;

        public Countdown(int calls) => _left = _calls = calls;

        public override Tripper Start() => new Countdown(_calls);

        public override bool Fires(in TripperContext reading) => Interlocked.Decrement(ref _left) <= 0;
    }

    private sealed class Once : Permit
    {
        private int _given;

        public override Permit Start() => new Once();

        public override bool Admits(in PermitContext context) => Interlocked.Exchange(ref _given, 1) == 0;
    }
}
