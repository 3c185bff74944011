namespace Fluxgate;

/// <summary>A call after a break asks the probe gate whether probing may begin.</summary>
public sealed class GatedCalls
{
    [Fact]
    public void The_gate_is_not_asked_before_the_break_is_over()
    {
        var gate = new ScriptedGate();
        var world = gate.OpenWorld();

        world.Wait(9.999);
        world.Rejects(3);

        Assert.Empty(gate.Asked);
    }

    [Fact]
    public void A_call_probes_if_the_gate_returns_null()
    {
        var gate = new ScriptedGate();
        var world = gate.OpenWorld();
        world.Wait(10);

        world.Begin();

        Assert.Equal((BreakerState.HalfOpen, 1, 1), (world.State, world.Now.HalfOpenInFlight, gate.Asked.Count));
        Assert.Equal("payments: open -> half_open (the break of 10s is over)", world.Signals[^1].ToString());
    }

    [Fact]
    public void A_gate_that_returns_a_time_keeps_the_circuit_open_for_it()
    {
        var gate = new ScriptedGate(5);
        var world = gate.OpenWorld();
        world.Wait(12);

        world.Rejects();
        world.Wait(4.999);
        world.Rejects(3);
        Assert.Single(gate.Asked);
        world.Wait(0.001);
        world.Begin();

        Assert.Equal((2, 4), (gate.Asked.Count, world.Now.Rejected));
        Assert.Equal(
            "payments: open -> half_open (the break of 10s is over, the probe gate postponed it to 17s)",
            world.Signals[^1].ToString()
        );
    }

    [Fact]
    public void The_time_of_the_gate_is_the_RetryAfter_of_rejections_and_snapshots()
    {
        var world = new ScriptedGate(5).OpenWorld();
        world.Wait(12);

        var asking = Assert.Throws<CallNotPermittedException>(world.Breaker.Admit);
        world.Wait(2);
        var later = Assert.Throws<CallNotPermittedException>(world.Breaker.Admit);

        Assert.Equal((TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(3)), (asking.RetryAfter, later.RetryAfter));
        Assert.Equal(
            (TimeSpan.FromSeconds(3), world.Now.EnteredAt + TimeSpan.FromSeconds(17)),
            (world.Now.RetryAfter, world.Now.NextProbeAt)
        );
    }

    [Fact]
    public void The_time_that_the_gate_itself_takes_is_not_in_RetryAfter()
    {
        var gate = new ScriptedGate(5);
        var world = gate.OpenWorld();
        world.Wait(12);
        gate.Meanwhile = () => world.Wait(0.1);

        var asking = Assert.Throws<CallNotPermittedException>(world.Breaker.Admit);

        Assert.Equal(TimeSpan.FromSeconds(5), asking.RetryAfter);
    }

    [Fact]
    public void The_gate_may_postpone_again_and_again()
    {
        var gate = new ScriptedGate(1, 2, 3);
        var world = gate.OpenWorld();
        world.Wait(10);

        foreach (var seconds in (double[])[1, 2, 3])
        {
            world.Rejects();
            Assert.Equal(TimeSpan.FromSeconds(seconds), world.Now.RetryAfter);
            world.Wait(seconds);
        }

        world.Begin();
        Assert.Equal([10, 11, 13, 16], gate.Asked.Select(circuit => circuit.OpenFor.TotalSeconds));
    }

    [Fact]
    public void The_gate_sees_the_circuit()
    {
        var gate = new ScriptedGate();
        var world = gate.OpenWorld(settings => settings.Tripper = Tripper.FailureStreak(1));
        world.Wait(10);
        world.Fail();
        world.Wait(10.5);

        world.Begin();

        var circuit = gate.Asked[^1];
        Assert.Equal(("payments", null, null), (circuit.CircuitName, circuit.GroupName, circuit.Key));
        Assert.Equal((1, TimeSpan.FromSeconds(10.5)), (circuit.Reopens, circuit.OpenFor));
        Assert.Equal((ReasonKind.Tripped, "FailureStreak 1 >= 1"), (circuit.Reason.Kind, circuit.Reason.Text));
    }

    [Fact]
    public void Other_calls_are_rejected_while_the_gate_runs()
    {
        var gate = new ScriptedGate();
        var world = gate.OpenWorld();
        world.Wait(10);

        // On another thread, which would wait forever for a lock that is held here.
        gate.Meanwhile = () =>
            Deadline.Run(() =>
            {
                world.Rejects(3);
                Assert.Equal((BreakerState.Open, null), (world.State, world.Now.RetryAfter));
            });
        world.Begin();

        Assert.Equal((1, 3, BreakerState.HalfOpen), (gate.Asked.Count, world.Now.Rejected, world.State));
    }

    [Fact]
    public void A_manual_call_takes_effect_while_the_gate_runs()
    {
        var gate = new ScriptedGate();
        var world = gate.OpenWorld();
        world.Wait(10);
        gate.Meanwhile = () => world.Breaker.ForceOpen();

        world.Rejects();

        Assert.Equal((BreakerState.ForcedOpen, 1), (world.State, gate.Asked.Count));
    }

    [Fact]
    public void A_call_whose_circuit_is_reset_while_it_asks_is_admitted()
    {
        var gate = new ScriptedGate(5);
        var world = gate.OpenWorld();
        world.Wait(10);
        gate.Meanwhile = () => world.Breaker.Reset();

        world.Succeed();

        Assert.Equal((BreakerState.Closed, 0), (world.State, world.Now.Rejected));
    }

    [Fact]
    public void Probe_does_not_ask_the_gate()
    {
        var gate = new ScriptedGate(5);
        var world = gate.OpenWorld();

        world.Breaker.Probe();
        world.Begin();

        Assert.Empty(gate.Asked);
    }

    [Fact]
    public void A_break_until_reset_does_not_ask_the_gate()
    {
        var gate = new ScriptedGate();
        var world = gate.OpenWorld(settings => (settings.BreakDuration, settings.ProbeWithoutTraffic) = (BreakDuration.UntilReset, true));

        world.Wait(1e6);
        world.Rejects();

        Assert.Empty(gate.Asked);
    }

    [Fact]
    public void A_circuit_without_a_break_asks_at_the_next_call()
    {
        var gate = new ScriptedGate(5);
        var world = gate.OpenWorld(settings => settings.BreakDuration = BreakDuration.None);

        world.Rejects();
        world.Wait(5);
        world.Begin();

        Assert.Equal("payments: open -> half_open (no break, the probe gate postponed it to 5s)", world.Signals[^1].ToString());
    }

    [Fact]
    public void A_postponement_is_rejected_by_the_coarse_clock_alone()
    {
        var time = new VirtualTime();
        var coarse = new VirtualTime();
        var breaker = new FluxgateBreaker("payments", new ScriptedGate(5).Settings(), new Clock(time, coarse));
        breaker.Trip();
        time.Advance(ScriptedGate.Break);
        coarse.Advance(ScriptedGate.Break);
        var asking = Assert.Throws<CallNotPermittedException>(breaker.Admit);
        var reads = time.TimestampReads;

        var later = Assert.Throws<CallNotPermittedException>(breaker.Admit);

        Assert.Equal(reads, time.TimestampReads);
        Assert.InRange(later.RetryAfter!.Value, asking.RetryAfter!.Value, TimeSpan.FromSeconds(5) + (2 * Clock.CoarseStep));
    }
}
