namespace Fluxgate;

/// <summary>The snapshot of a group shows its circuits by state, their sums, and the ones in the worst condition.</summary>
public sealed class GroupSnapshots
{
    private readonly GroupWorld _world = new();

    [Fact]
    public void Circuits_are_counted_by_state()
    {
        _world.Call("closed");
        _world.Fail("open");
        _world.Group.GetOrAdd("forced").ForceOpen();
        _world.Group.GetOrAdd("probing").Probe();

        var now = _world.Now;

        Assert.Equal(4, now.Count);
        Assert.All(
            new[] { BreakerState.Closed, BreakerState.Open, BreakerState.ForcedOpen, BreakerState.HalfOpen },
            state => Assert.Equal(1, now.CircuitsIn(state))
        );
        Assert.Equal((0, 0), (now.CircuitsIn(BreakerState.Disabled), now.CircuitsIn((BreakerState)99)));
        Assert.Equal("tenants: 3 of 4 circuits are not closed", now.ToString());
    }

    [Fact]
    public void The_worst_circuits_come_first()
    {
        _world.Call("closed");
        _world.Fail("failing", calls: 2);
        _world.Group.GetOrAdd("metrics").MetricsOnly();
        _world.Group.GetOrAdd("disabled").Disable();
        _world.Group.GetOrAdd("probing").Probe();
        _world.Group.GetOrAdd("forced").ForceOpen();
        _world.Fail("open");
        _world.Fail("rejecting");
        _world.Call("rejecting");

        Assert.Equal(
            ["rejecting", "open", "forced", "probing", "metrics", "disabled", "failing", "closed"],
            _world.Now.Worst.Select(circuit => circuit.Key)
        );
        Assert.Equal(["rejecting", "open"], _world.Group.Snapshot(worst: 2).Worst.Select(circuit => circuit.Key));
        Assert.Empty(_world.Group.Snapshot(worst: 0).Worst);
    }

    [Fact]
    public void The_sums_include_the_shared_breaker_and_calls_in_flight()
    {
        _world.Call("acme");
        _world.Call(null);
        _world.Fail("globex", calls: 1);
        var call = _world.Group.GetOrAdd("acme").Admit();

        var now = _world.Now;
        Assert.Equal((3, 2, 1, 0, 1), (now.Requests, now.Successes, now.Failures, now.Ignored, now.InFlight));

        call.Settle(Verdict.Ignored);
        Assert.Equal((1, 0), (_world.Now.Ignored, _world.Now.InFlight));
    }

    [Fact]
    public void The_sums_equal_those_of_the_circuits()
    {
        var random = new Random(5);
        for (var i = 0; i < 2_000; i++)
        {
            _world.Call(random.Next(20) is 0 ? null : $"{random.Next(10)}", fails: random.Next(3) == 0);
            _world.Wait(TimeSpan.FromSeconds(random.Next(10)));
        }

        var now = _world.Now;
        BreakerSnapshot[] all = [now.Shared, .. _world.Group.Select(breaker => breaker.Snapshot())];
        Assert.Equal(
            (Sum(one => one.Requests), Sum(one => one.Failures), Sum(one => one.Rejected), Sum(one => one.SignalCount)),
            (now.Requests, now.Failures, now.Rejected, now.SignalCount)
        );
        Assert.InRange(now.Rejected, 1, now.Requests);
        Assert.Equal(2_000, now.Requests + now.Rejected);
        foreach (var from in Enum.GetValues<BreakerState>())
        {
            Assert.All(
                Enum.GetValues<BreakerState>(),
                to => Assert.Equal(Sum(one => one.Transitions(from, to)), now.Transitions(from, to))
            );
        }

        long Sum(Func<BreakerSnapshot, long> count) => all.Sum(count);
    }

    [Fact]
    public void Slow_and_overdue_calls_add_up_and_the_oldest_counts()
    {
        var second = TimeSpan.FromSeconds(1);
        var world = new GroupWorld(settings: new() { Tripper = Tripper.MinRequests(9) & Tripper.SlowRate(1, second) });
        var first = world.Group.GetOrAdd("acme").Admit();
        world.Wait(3 * second);
        var later = world.Group.GetOrAdd("globex").Admit();
        world.Wait(2 * second);

        var sums = world.Now.Sums;
        Assert.Equal(new SlowCallCount(second, 0, Rate: null, Overdue: 2), Assert.Single(sums.SlowCalls));
        Assert.InRange(sums.OldestInFlight!.Value, 4.9 * second, 5 * second);

        first.Settle(Verdict.Success);
        later.Settle(Verdict.Success);
        Assert.Equal(new SlowCallCount(second, 2, Rate: null, Overdue: 0), Assert.Single(world.Now.Sums.SlowCalls));
    }

    [Fact]
    public void Abandoned_calls_and_errors_of_users_add_up()
    {
        var call = _world.Group.GetOrAdd("acme").Admit();
        _world.Wait(TimeSpan.FromSeconds(6));
        call.SettleAbandoned();
        _world.Group.GetOrAdd("acme").Admit().SettleAbandoned();
        _world.Group.GetOrAdd("globex").Machine.UserCode.ReportError(UserErrorSource.Predicate, new FormatException());

        var sums = _world.Now.Sums;

        Assert.Equal((1, 1, 1), (sums.AbandonedFailures, sums.AbandonedIgnored, sums.UserErrors(UserErrorSource.Predicate)));
    }

    [Fact]
    public void The_application_that_stops_ignores_abandoned_calls_of_all_keys()
    {
        using var stopping = new CancellationTokenSource();
        var before = _world.Group.GetOrAdd("before").Admit();
        _world.Group.IgnoreAbandonedCallsOnShutdown(stopping.Token);
        var after = _world.Group.GetOrAdd("after").Admit();
        _world.Wait(TimeSpan.FromSeconds(6));
        stopping.Cancel();

        before.SettleAbandoned();
        after.SettleAbandoned();

        Assert.Equal((0, 2), (_world.Now.Failures, _world.Now.Ignored));
    }

    [Fact]
    public void All_breakers_record_durations_in_one_histogram()
    {
        var world = new GroupWorld(settings: new() { Listeners = { new Timed() } });
        world.Call("acme");
        world.Call("globex");
        world.Wait(TimeSpan.FromMinutes(20), detached: 2);
        world.Call("acme");

        var durations = Assert.Single(world.Now.Sums.Durations());

        Assert.Equal(3, durations.Durations.Count);
    }

    private sealed class Timed : ICircuitListener
    {
        public DurationBuckets? DurationBuckets => DurationBuckets.Default;

        public void OnSignal(Signal signal) { }
    }
}
