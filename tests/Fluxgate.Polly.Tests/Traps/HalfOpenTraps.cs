using Polly.CircuitBreaker;

namespace Fluxgate;

/// <summary>Half-open: which calls decide, and what leaves a circuit half-open forever.</summary>
public sealed partial class HalfOpenTraps
{
    [Fact]
    public void H1_A_stale_success_does_not_close_a_half_open_circuit()
    {
        var world = TwoFailures.World();
        var early = world.Begin();
        world.AwaitProbe();
        var probe = world.Begin();

        Assert.Null(early.Settle(Verdict.Success));
        Assert.Equal((BreakerState.HalfOpen, 1, 1), (world.State, world.Now.Stale, world.Now.HalfOpenInFlight));
        Assert.Equal(BreakerState.Closed, probe.Settle(Verdict.Success)!.NewState);
    }

    [Fact]
    public async Task H1_Polly_closes_on_a_stale_success()
    {
        var polly = new PollyWorld();
        var early = polly.Calls.Begin();
        await polly.Open();
        polly.Wait(5);
        var probe = polly.Calls.Begin();
        Assert.True(probe.IsAdmitted);

        await early.Succeed();
        Assert.Equal(CircuitState.Closed, polly.State);
    }

    [Fact]
    public void H1_A_stale_failure_does_not_reopen_a_half_open_circuit()
    {
        var world = TwoFailures.World();
        var early = world.Ask(50);
        world.AwaitProbe();
        var probe = world.Begin();

        Assert.All(early, call => Assert.Null(call.Settle(Verdict.Failure)));
        Assert.Equal((BreakerState.HalfOpen, 50, 0), (world.State, world.Now.Stale, world.Now.Reopens));
        Assert.Equal(BreakerState.Closed, probe.Settle(Verdict.Success)!.NewState);
    }

    [Fact]
    public async Task H1_Polly_reopens_on_a_stale_failure()
    {
        var polly = new PollyWorld();
        var early = polly.Calls.Begin();
        await polly.Open();
        polly.Wait(5);
        var probe = polly.Calls.Begin();
        Assert.True(probe.IsAdmitted);

        await early.Fail(new IOException());
        Assert.Equal(CircuitState.Open, polly.State);
    }

    [Fact]
    public void H1_A_probe_of_an_earlier_phase_does_not_change_a_later_one()
    {
        var world = TwoFailures.World(recovery: Recovery.AfterProbes(2));
        world.AwaitProbe();
        var earlier = world.Begin();
        world.Breaker.Trip();
        world.Time.Advance(TwoFailures.Break);
        var later = world.Begin();

        Assert.Null(earlier.Settle(Verdict.Success));
        Assert.Null(later.Settle(Verdict.Success));
        Assert.Equal((BreakerState.HalfOpen, 1, 1), (world.State, world.Now.WindowRequests, world.Now.Stale));
    }

    [Fact]
    public void H2_A_probe_that_never_returns_is_settled_by_its_lease()
    {
        var world = TwoFailures.World(Permit.MaxConcurrent(1));
        world.AwaitProbe();
        var lost = world.Begin();
        world.Wait(29.999);
        world.Rejects();
        Assert.Equal(BreakerState.HalfOpen, world.State);

        world.Wait(0.001);
        world.Rejects();
        Assert.Equal((BreakerState.Open, TwoFailures.Break), (world.State, world.Now.RetryAfter));
        world.Time.Advance(TwoFailures.Break);
        world.Succeed();
        Assert.Equal(BreakerState.Closed, world.State);

        lost.Settle(Verdict.Failure);
        Assert.Equal((BreakerState.Closed, 0), (world.State, world.Now.ConsecutiveFailures));
    }

    [Fact]
    public void H2_RetryAfter_of_a_half_open_circuit_is_null_and_never_negative()
    {
        var world = TwoFailures.World(Permit.MaxConcurrent(1));
        world.AwaitProbe();
        world.Begin();
        world.Wait(29);

        var rejection = Assert.Throws<CallNotPermittedException>(world.Breaker.Admit);
        Assert.Equal((BreakerState.HalfOpen, null), (rejection.State, rejection.RetryAfter));
    }

    [Fact]
    public async Task H2_Polly_rejects_forever_with_a_negative_RetryAfter()
    {
        var polly = new PollyWorld();
        await polly.Open();
        polly.Wait(5);
        Assert.True(polly.Calls.Begin().IsAdmitted);

        polly.Wait(3600);
        var rejection = await polly.Rejects();
        Assert.Equal((CircuitState.HalfOpen, TimeSpan.FromSeconds(5 - 3600)), (polly.State, rejection.RetryAfter));
    }

    public static TheoryData<string> Predicates => ["ShouldHandle", "ShouldHandle, later", "ShouldIgnore", "Tracker"];

    [Theory]
    [MemberData(nameof(Predicates))]
    public async Task H3_A_predicate_that_throws_during_a_probe_loses_only_its_verdict(string predicate)
    {
        var broken = false;
        bool Judge() => broken ? throw new FormatException("the predicate failed") : true;
        var options = new FluxgateBreakerOptions<string>();
        switch (predicate)
        {
            case "ShouldHandle":
                options.ShouldHandle = args => new(Judge() && args.Outcome.Exception is not null);
                break;
            case "ShouldHandle, later":
                options.ShouldHandle = async args =>
                {
                    await Task.Yield();
                    return Judge() && args.Outcome.Exception is not null;
                };
                break;
            case "ShouldIgnore":
                options.ShouldIgnore = _ => new(!Judge());
                break;
            default:
                options.Tracker = Tracker.When<string>(outcome => Judge() && outcome.Exception is not null);
                break;
        }

        var world = TwoFailures.World(Permit.MaxConcurrent(1), Recovery.AfterProbes(2));
        var calls = world.Calls(options);
        world.AwaitProbe();
        broken = true;
        var probe = await calls.Succeed();
        broken = false;

        Assert.Equal("fine", probe.Result);
        Assert.Equal((BreakerState.HalfOpen, 1, 1), (world.State, world.Now.Ignored, world.Now.UserErrors(UserErrorSource.Predicate)));
        await calls.Succeed();
        await calls.Succeed();
        Assert.Equal(BreakerState.Closed, world.State);
    }

    [Fact]
    public async Task H3_Polly_stays_half_open_forever_and_throws_the_predicates_error()
    {
        var broken = false;
        var polly = new PollyWorld(options =>
            options.ShouldHandle = args => broken ? throw new FormatException() : new(args.Outcome.Exception is not null)
        );
        await polly.Open();
        polly.Wait(5);
        broken = true;
        var probe = await polly.Calls.Succeed();
        broken = false;

        Assert.IsType<FormatException>(probe.Exception);
        polly.Wait(3600);
        await polly.Rejects();
        Assert.Equal(CircuitState.HalfOpen, polly.State);
    }

    [Fact]
    public async Task H4_A_listener_that_throws_on_entry_to_half_open_stops_no_probe()
    {
        var settings = TwoFailures.Settings(Permit.MaxConcurrent(1));
        settings.Listeners.Add(
            (Signal signal) =>
            {
                if (signal.NewState == BreakerState.HalfOpen)
                {
                    throw new FormatException("the listener failed");
                }
            }
        );
        var world = new World(settings);
        var calls = world.Calls();
        world.AwaitProbe();

        Assert.Equal("fine", (await calls.Succeed()).Result);
        Assert.Equal((BreakerState.Closed, 1), (world.State, world.Now.UserErrors(UserErrorSource.Listener)));
        Assert.Equal([BreakerState.Open, BreakerState.HalfOpen, BreakerState.Closed], world.Signals.Select(signal => signal.NewState));
    }

    [Fact]
    public async Task H4_Polly_stays_half_open_forever_when_OnHalfOpened_throws()
    {
        var polly = new PollyWorld(options => options.OnHalfOpened = _ => throw new FormatException());
        await polly.Open();
        polly.Wait(5);
        var probe = polly.Calls.Begin();

        Assert.IsType<FormatException>((await probe.Succeed()).Exception);
        Assert.False(probe.IsAdmitted);
        polly.Wait(3600);
        await polly.Rejects();
        Assert.Equal(CircuitState.HalfOpen, polly.State);
    }
}
