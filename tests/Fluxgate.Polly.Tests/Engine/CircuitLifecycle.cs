namespace Fluxgate;

public sealed class CircuitLifecycle
{
    [Fact]
    public void A_circuit_opens_probes_and_closes_again()
    {
        var world = new World(
            new()
            {
                Tripper = Tripper.MinRequests(10) & Tripper.FailureRate(0.5),
                BreakDuration = BreakDuration.Fixed(TimeSpan.FromSeconds(10)),
                Permit = Permit.All,
                Recovery = Recovery.AfterProbes(3),
            }
        );

        world.Succeed(5);
        world.Fail(5);
        Assert.Equal(BreakerState.Open, world.State);
        world.Rejects(3);
        world.Wait(9.999);
        world.Rejects();
        world.Wait(0.001);
        world.Succeed(2);
        Assert.Equal(BreakerState.HalfOpen, world.State);
        world.Succeed();
        Assert.Equal(BreakerState.Closed, world.State);

        Assert.Equal(
            [
                "payments: closed -> open (MinRequests 10 >= 10 & FailureRate 50% >= 50% (5 of 10))",
                "payments: open -> half_open (the break of 10s is over)",
                "payments: half_open -> closed (3 of 3 probes succeeded)",
            ],
            world.Signals.Select(signal => signal.ToString())
        );
    }

    [Fact]
    public void Totals_are_complete_over_several_phases()
    {
        var world = new World(new() { Tripper = Tripper.FailureStreak(3), Permit = Permit.All });
        var early = world.Begin();
        world.Succeed(2);
        world.Ignore(2);
        world.Fail(3);
        world.Rejects(4);
        early.Settle(Verdict.Success);

        var now = world.Now;
        Assert.Equal(
            (3, 3, 2, 1, 8, 4, 0),
            (now.Successes, now.Failures, now.Ignored, now.Stale, now.Requests, now.Rejected, now.InFlight)
        );
        Assert.Equal(4, now.RejectedIn(BreakerState.Open));
    }
}
