namespace Fluxgate;

/// <summary>Rule 6: manual calls work from every state; requesting the current state is a no-op.</summary>
public sealed class ManualCalls
{
    private static readonly Dictionary<BreakerState, Func<FluxgateBreaker, string?, Signal?>> Commands = new()
    {
        [BreakerState.Closed] = (breaker, reason) => breaker.Reset(reason),
        [BreakerState.Open] = (breaker, reason) => breaker.Trip(reason),
        [BreakerState.HalfOpen] = (breaker, reason) => breaker.Probe(reason),
        [BreakerState.MetricsOnly] = (breaker, reason) => breaker.MetricsOnly(reason),
        [BreakerState.Disabled] = (breaker, reason) => breaker.Disable(reason),
        [BreakerState.ForcedOpen] = (breaker, reason) => breaker.ForceOpen(reason),
    };

    private static readonly Dictionary<BreakerState, string> DefaultReasons = new()
    {
        [BreakerState.Closed] = "reset by hand",
        [BreakerState.Open] = "tripped by hand",
        [BreakerState.HalfOpen] = "probing by hand",
        [BreakerState.MetricsOnly] = "metrics only by hand",
        [BreakerState.Disabled] = "disabled by hand",
        [BreakerState.ForcedOpen] = "forced open by hand",
    };

    public static TheoryData<BreakerState, BreakerState> Pairs
    {
        get
        {
            var pairs = new TheoryData<BreakerState, BreakerState>();
            foreach (var from in Enum.GetValues<BreakerState>())
            {
                foreach (var to in Enum.GetValues<BreakerState>())
                {
                    pairs.Add(from, to);
                }
            }

            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_manual_call_works_in_every_state_and_signals_each_change(BreakerState from, BreakerState to)
    {
        var world = new World(new() { InitialState = from });

        var signal = Commands[to](world.Breaker, "because");

        Assert.Equal(to, world.State);
        if (from == to)
        {
            Assert.Null(signal);
            Assert.Empty(world.Signals);
            Assert.Equal(ReasonKind.Initial, world.Now.Reason.Kind);
            return;
        }

        Assert.Same(signal, Assert.Single(world.Signals));
        Assert.Equal((from, to, 1, "because"), (signal!.OldState, signal.NewState, signal.SequenceNumber, signal.Reason.Text));
        Assert.Equal((ReasonKind.Manual, 1), (world.Now.Reason.Kind, world.Now.Transitions(from, to)));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_fleet_call_moves_a_circuit_and_has_a_reason_of_kind_Fleet(BreakerState from, BreakerState to)
    {
        var world = new World(new() { InitialState = from });

        var signal = world.Breaker.MoveTo(to, kind: ReasonKind.Fleet);

        Assert.Equal(to, world.State);
        Assert.Equal(from == to ? null : ReasonKind.Fleet, signal?.Reason.Kind);
        Assert.Equal(from == to ? null : DefaultReasons[to].Replace("hand", "the fleet", StringComparison.Ordinal), signal?.Reason.Text);
        Assert.Same(signal, world.Signals.SingleOrDefault());
    }

    [Fact]
    public void MoveTo_throws_for_an_unknown_state_or_an_invalid_kind()
    {
        var world = new World(new());

        var state = Assert.Throws<ArgumentOutOfRangeException>(() => world.Breaker.MoveTo((BreakerState)6));
        var kind = Assert.Throws<ArgumentOutOfRangeException>(() => world.Breaker.MoveTo(BreakerState.Open, kind: ReasonKind.Tripped));

        Assert.StartsWith("state must be a BreakerState, but is 6.", state.Message, StringComparison.Ordinal);
        Assert.StartsWith("kind must be Manual or Fleet, but is Tripped.", kind.Message, StringComparison.Ordinal);
        Assert.Empty(world.Signals);
    }

    [Theory]
    [InlineData(BreakerState.Closed)]
    [InlineData(BreakerState.Open)]
    [InlineData(BreakerState.HalfOpen)]
    [InlineData(BreakerState.MetricsOnly)]
    [InlineData(BreakerState.Disabled)]
    [InlineData(BreakerState.ForcedOpen)]
    public void A_manual_call_has_a_default_reason(BreakerState to)
    {
        var world = new World(new() { InitialState = to == BreakerState.Closed ? BreakerState.Open : BreakerState.Closed });

        Commands[to](world.Breaker, null);

        Assert.Equal(DefaultReasons[to], world.Now.Reason.Text);
    }

    [Fact]
    public void Reset_while_closed_starts_a_new_phase_with_an_empty_window()
    {
        var world = new World(new() { Tripper = Tripper.FailureStreak(3) });
        var early = world.Begin();
        world.Fail(2);

        Assert.Null(world.Breaker.Reset());
        Assert.Equal((2, 0, 0, 0), (world.Now.PhaseNumber, world.Now.WindowRequests, world.Now.ConsecutiveFailures, world.Now.SignalCount));

        early.Settle(Verdict.Failure);
        world.Fail(2);
        Assert.Equal((BreakerState.Closed, 1, 5), (world.State, world.Now.Stale, world.Now.Failures));
    }

    [Fact]
    public void Trip_while_open_keeps_the_deadline()
    {
        var world = new World();
        world.Breaker.Trip("first");
        world.Wait(30);

        Assert.Null(world.Breaker.Trip("second"));

        Assert.Equal(("first", TimeSpan.FromSeconds(30), 2), (world.Now.Reason.Text, world.Now.RetryAfter, world.Now.PhaseNumber));
    }

    [Fact]
    public void Probe_while_half_open_keeps_probes_and_leases()
    {
        var world = new World(new() { InitialState = BreakerState.HalfOpen, Permit = Permit.MaxConcurrent(1) });
        world.Begin();
        world.Wait(20);

        Assert.Null(world.Breaker.Probe());

        world.Rejects();
        world.Wait(10);
        world.Begin();
    }

    [Fact]
    public void A_manual_trip_recovers_after_the_break()
    {
        var world = new World(new() { Permit = Permit.All, Recovery = Recovery.AfterProbes(1) });

        Assert.Equal(TimeSpan.FromSeconds(60), world.Breaker.Trip()!.BreakFor);
        world.Wait(60);
        world.Succeed();

        Assert.Equal(BreakerState.Closed, world.State);
    }

    [Fact]
    public void Only_closing_sets_Reopens_to_zero()
    {
        var world = new World(
            new()
            {
                Tripper = Tripper.FailureStreak(1),
                BreakDuration = BreakDuration.Backoff(TimeSpan.FromSeconds(10)),
                InitialState = BreakerState.HalfOpen,
            }
        );
        world.Fail();
        Assert.Equal(1, world.Now.Reopens);

        world.Breaker.Probe();
        world.Breaker.Disable();
        world.Breaker.ForceOpen();
        world.Breaker.MetricsOnly();
        Assert.Equal((1, TimeSpan.FromSeconds(20)), (world.Now.Reopens, world.Breaker.Trip()!.BreakFor));

        world.Breaker.Reset();
        Assert.Equal((0, TimeSpan.FromSeconds(10)), (world.Now.Reopens, world.Breaker.Trip()!.BreakFor));
    }
}
