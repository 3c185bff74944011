using Polly.CircuitBreaker;

namespace Fluxgate;

/// <content>Probes without a result: canceled and ignored ones, and their permits.</content>
public sealed partial class HalfOpenTraps
{
    [Fact]
    public async Task H5_A_canceled_probe_does_not_close_the_circuit()
    {
        var world = TwoFailures.World(Permit.MaxConcurrent(1), Recovery.AfterProbes(2));
        var calls = world.Calls();
        world.AwaitProbe();
        using var caller = new CancellationTokenSource();
        var probe = calls.Begin(caller.Token);
        await caller.CancelAsync();
        var outcome = await probe.Fail(new OperationCanceledException(caller.Token));

        Assert.IsType<OperationCanceledException>(outcome.Exception);
        var now = world.Now;
        Assert.Equal((BreakerState.HalfOpen, 1, 0, 0), (now.State, now.Ignored, now.WindowRequests, now.HalfOpenInFlight));
    }

    [Fact]
    public async Task H5_A_probe_that_its_dependency_canceled_is_a_failure()
    {
        var world = TwoFailures.World();
        world.AwaitProbe();

        await world.Calls().Begin().Fail(new OperationCanceledException("an inner timeout"));
        Assert.Equal((BreakerState.Open, 3, 0), (world.State, world.Now.Failures, world.Now.Ignored));
    }

    [Fact]
    public async Task H5_Polly_closes_on_a_canceled_probe()
    {
        var polly = new PollyWorld();
        await polly.Open();
        polly.Wait(5);
        using var caller = new CancellationTokenSource();
        var probe = polly.Calls.Begin(caller.Token);
        await caller.CancelAsync();
        await probe.Fail(new OperationCanceledException(caller.Token));

        Assert.Equal(CircuitState.Closed, polly.State);
    }

    [Fact]
    public async Task H5_Polly_closes_on_an_OperationCanceledException_of_the_dependency()
    {
        var polly = new PollyWorld();
        await polly.Open();
        polly.Wait(5);
        await polly.Calls.Begin().Fail(new OperationCanceledException("an inner timeout"));

        Assert.Equal(CircuitState.Closed, polly.State);
    }

    [Fact]
    public void H6_An_ignored_probe_returns_its_permit()
    {
        var world = TwoFailures.World(Permit.MaxConcurrent(2), Recovery.AfterProbes(1000));
        world.AwaitProbe();
        for (var i = 0; i < 100; i++)
        {
            var (ignored, dropped) = (world.Begin(), world.Begin());
            world.Rejects();
            ignored.Settle(Verdict.Ignored);
            dropped.Dispose();
        }

        Assert.Equal((BreakerState.HalfOpen, 0, 200), (world.State, world.Now.HalfOpenInFlight, world.Now.Ignored));
    }

    [Fact]
    public async Task H6_A_canceled_probe_returns_its_permit()
    {
        var world = TwoFailures.World(Permit.MaxConcurrent(1), Recovery.AfterProbes(1000));
        var calls = world.Calls();
        world.AwaitProbe();
        for (var i = 0; i < 100; i++)
        {
            using var caller = new CancellationTokenSource();
            var probe = calls.Begin(caller.Token);
            Assert.True(probe.IsAdmitted);
            Assert.False(calls.Begin().IsAdmitted);
            await caller.CancelAsync();
            await probe.Fail(new OperationCanceledException(caller.Token));
        }

        Assert.Equal((0, 100), (world.Now.HalfOpenInFlight, world.Now.Ignored));
    }

    [Fact]
    public void H6_A_phase_in_which_all_probes_are_ignored_ends()
    {
        var world = TwoFailures.World(recovery: Recovery.AfterProbes(5));
        world.AwaitProbe();
        world.Ignore(4);
        Assert.Equal(BreakerState.HalfOpen, world.State);
        world.Ignore();
        Assert.Equal("payments: half_open -> open (5 probes in a row were ignored)", world.Signals[^1].ToString());
    }

    [Theory]
    [InlineData(Verdict.Success)]
    [InlineData(Verdict.Failure)]
    [InlineData(Verdict.Ignored)]
    public void H7_Calls_that_were_never_probes_return_no_permits(Verdict verdict)
    {
        var world = TwoFailures.World(Permit.MaxConcurrent(2), Recovery.AfterProbes(10));
        var early = world.Ask(8);
        world.AwaitProbe();
        Assert.Equal(2, world.Ask(10).Count);
        Assert.All(early, call => call.Settle(verdict));

        Assert.Empty(world.Ask(10));
        Assert.Equal(2, world.Now.HalfOpenInFlight);
    }

    [Fact]
    public void H7_A_probe_whose_lease_expired_returns_its_permit_once()
    {
        var settings = TwoFailures.Settings(Permit.MaxConcurrent(2), Recovery.AfterProbes(10));
        settings.Tripper = Tripper.FailureStreak(5);
        var world = new World(settings);
        world.Fail(5);
        world.Time.Advance(TwoFailures.Break);
        var expired = world.Ask(10);
        Assert.Equal(2, expired.Count);
        world.Wait(30);
        Assert.Equal(2, world.Ask(10).Count);
        Assert.All(expired, call => call.Settle(Verdict.Success));

        Assert.Empty(world.Ask(10));
        Assert.Equal((2, 2, 2), (world.Now.HalfOpenInFlight, world.Now.ConsecutiveFailures, world.Now.Stale));
    }
}
