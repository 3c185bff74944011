using System.Runtime.CompilerServices;

namespace Fluxgate;

public sealed class ReconfiguredTotals
{
    private static readonly Window[] Windows = [Window.Count(100), Window.Count(50), Window.Time(TimeSpan.FromSeconds(60))];

    [Fact]
    public void Totals_are_exact_over_many_reconfigurations_with_calls_in_flight()
    {
        var world = new World(With(0));
        var held = new Queue<Admission>();
        for (var i = 1; i <= 1000; i++)
        {
            held.Enqueue(world.Begin());
            world.Take(TimeSpan.FromSeconds(2));
            world.Breaker.Reconfigure(With(i));
            if (held.Count > 20)
            {
                held.Dequeue().Settle(i % 3 == 0 ? Verdict.Ignored : Verdict.Failure, TimeSpan.FromSeconds(2));
            }

            Assert.Equal((held.Count, 0), (world.Now.InFlight, world.Now.Stale));
        }

        var now = world.Now;
        Assert.Equal((1000, 653, 327, 1980, 20), (now.Successes, now.Failures, now.Ignored, now.Requests, now.InFlight));
        Assert.Equal((1L, BreakerState.Closed, 1000), (now.PhaseNumber, now.State, world.Notices.Count));
        // Every second rule counts slow calls: those admitted under it, and those that settled under it.
        Assert.Equal(500 + 326, Assert.Single(now.SlowCalls).Total);
    }

    [Fact]
    public void Rejections_and_permits_are_exact_over_many_reconfigurations()
    {
        var world = new World(new() { Permit = Permit.MaxConcurrent(3), InitialState = BreakerState.HalfOpen });
        var probes = world.Ask(3);
        for (var i = 1; i <= 100; i++)
        {
            world.Breaker.Reconfigure(new() { Permit = Permit.MaxConcurrent(3), Recovery = Recovery.AfterProbes(1000 + i) });
            world.Rejects();
            probes[0].Settle(Verdict.Success);
            probes = [.. probes.Skip(1), world.Begin()];
        }

        Assert.Equal((100, 100, 3, 3), (world.Now.Rejected, world.Now.Successes, world.Now.InFlight, world.Now.HalfOpenInFlight));
    }

    [Fact]
    public void Memory_does_not_grow_with_reconfigurations_while_a_call_hangs()
    {
        var world = new World();
        var hung = world.Begin();
        var rules = Reconfigured(world.Breaker, times: 1000);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.InRange(rules.Count(rule => rule.TryGetTarget(out _)), 1, 2);
        hung.Settle(Verdict.Failure);
        Assert.Equal((1, 1, 0), (world.Now.WindowFailures, world.Now.Failures, world.Now.Stale));
    }

    // A separate method, so that no local of the test references a rule.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static List<WeakReference<Tripper>> Reconfigured(FluxgateBreaker breaker, int times)
    {
        var rules = new List<WeakReference<Tripper>>();
        for (var i = 0; i < times; i++)
        {
            var rule = new Quiet();
            rules.Add(new(rule));
            breaker.Reconfigure(new() { Tripper = rule });
        }

        return rules;
    }

    private static FluxgateBreakerSettings With(int number) =>
        new()
        {
            Window = Windows[number % 3],
            Tripper =
                number % 2 == 0
                    ? Tripper.MinRequests(10) & Tripper.FailureRate(1) & Tripper.FailureStreak(2000 + number)
                    : Tripper.MinRequests(10) & Tripper.SlowRate(1, TimeSpan.FromSeconds(1)) & Tripper.FailureStreak(2000 + number),
        };

    private sealed class Quiet : Tripper
    {
        public override bool Fires(in TripperContext reading) => false;
    }
}
