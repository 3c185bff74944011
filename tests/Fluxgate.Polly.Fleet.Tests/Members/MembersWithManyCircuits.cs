using Microsoft.Extensions.Logging.Abstractions;

namespace Fluxgate;

/// <summary>A group can have thousands of keys: a step does nothing for circuits whose directive has not changed.</summary>
public sealed class MembersWithManyCircuits
{
    [Fact]
    public async Task Directives_that_have_not_changed_are_not_evaluated_again()
    {
        var time = new VirtualTime();
        var obedience = new Obedience(new("one", null), time, NullLogger.Instance);
        FluxgateBreaker[] circuits = [.. Enumerable.Range(0, 500).Select(i => new FluxgateBreaker($"circuit {i}", timeProvider: time))];
        var directives = DirectiveSet.Of(
            Enumerable
                .Range(1, 200)
                .Select(i => new FleetDirective
                {
                    Revision = i,
                    Action = FleetAction.Disable,
                    Circuits = $"*{i}*",
                    Percentage = 0.001,
                    Reason = "drill",
                    By = "ann",
                    IssuedAt = time.GetUtcNow(),
                })
        );
        await ApplyAsync();

        // The place of the member in a percentage is a hash of texts, which allocates.
        var before = GC.GetAllocatedBytesForCurrentThread();
        await ApplyAsync();

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);

        Task ApplyAsync()
        {
            var applied = obedience.ApplyAsync(circuits, directives, time.GetUtcNow(), CancellationToken.None);
            Assert.True(applied.IsCompleted);
            return applied;
        }
    }

    [Fact]
    public async Task A_key_that_was_evicted_and_comes_back_obeys_again()
    {
        var world = new FleetWorld(1);
        var group = new BreakerGroup("tenants", timeProvider: world.Time, options: new() { IdleTimeout = TimeSpan.FromMinutes(1) });
        world[0].Groups.Add(group);
        await world.StepAsync();
        await world.IssueAsync(FleetWorld.Order(FleetAction.MetricsOnly, "tenants/acme"));
        group.GetOrAdd("acme");
        await world.StepAsync(2);

        // A key in a manual state is not evicted.
        group.GetOrAdd("acme").Reset("by hand");
        await world.StepAsync(120);
        Assert.Equal(0, group.Count);

        var acme = group.GetOrAdd("acme");
        await world.StepAsync();

        Assert.Equal(BreakerState.MetricsOnly, acme.State);
    }

    [Fact]
    public async Task Circuits_that_no_directive_covers_obey_a_later_one()
    {
        var world = new FleetWorld(1, "a", "b");
        await world.StepAsync();
        await world.IssueAsync(FleetWorld.Order(FleetAction.Disable, "a"));
        await world.StepAsync(3);

        await world.IssueAsync(FleetWorld.Order(FleetAction.Disable, "b"));
        await world.StepAsync();

        Assert.Equal((BreakerState.Disabled, BreakerState.Disabled), (world[0]["a"].State, world[0]["b"].State));
    }
}
