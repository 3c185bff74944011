namespace Fluxgate;

/// <summary>Directives that the store loses: members know them, and write them again.</summary>
public sealed class LostDirectives
{
    [Fact]
    public async Task A_flush_loses_no_directive_and_no_release()
    {
        var world = new FleetWorld(20, "a", "b");
        await world.StepAsync();
        await world.IssueAsync(FleetWorld.Order(FleetAction.Disable, "*"));
        await world.IssueAsync(FleetWorld.Order(FleetAction.Release, "a"));
        await world.StepAsync(2);

        world.Store.Flush();
        await world.StepAsync(3);
        var late = world.Add("late", breakers: ["a", "b"]);
        await world.StepAsync(2);

        Assert.Equal((BreakerState.Closed, BreakerState.Disabled), (late["a"].State, late["b"].State));
        Assert.Equal(21, world.In(BreakerState.Disabled, "b"));
        Assert.Contains(
            "directives again that the store had lost",
            Assert.Single(await world[0].Control.ReadAuditAsync()).Text,
            StringComparison.Ordinal
        );
        Assert.Equal(1, world.Members.Sum(member => member.View.Status.Restorations));

        // An empty summary is no garbage.
        Assert.Equal(0, world.Members.Sum(member => member.View.Status.IgnoredMessages));
    }

    [Fact]
    public async Task A_failover_to_a_stale_replica_brings_back_nothing_that_was_released()
    {
        var world = new FleetWorld(3);
        await world.StepAsync();
        await world.IssueAsync(FleetWorld.Order(FleetAction.Disable));
        var stale = (await world.Store.ExchangeAsync(FleetExchange.ReadAll())).Directives.GetValueOrDefault();
        await world.IssueAsync(FleetWorld.Order(FleetAction.Release));
        await world.StepAsync(2);

        world.Store.Flush();
        await world.Store.TryWriteDirectivesAsync(new(0, stale, new byte[] { 1 }));
        await world.StepAsync(3);
        var late = world.Add("late");
        await world.StepAsync(2);

        Assert.Equal(BreakerState.Closed, late["payments"].State);
        Assert.Equal(4, world.In(BreakerState.Closed));
    }

    [Fact]
    public async Task An_order_right_after_a_flush_overrides_restored_directives()
    {
        var world = new FleetWorld(3);
        await world.StepAsync();
        for (var i = 0; i < 5; i++)
        {
            await world.IssueAsync(FleetWorld.Order(FleetAction.ForceOpen, $"circuit {i}"));
        }

        await world.IssueAsync(FleetWorld.Order(FleetAction.Release));
        await world.StepAsync(2);
        world.Store.Flush();
        var stranger = new FleetWorldObserver(world);

        await stranger.IssueAsync(FleetWorld.Order(FleetAction.ForceOpen));
        await world.StepAsync(3);

        Assert.Equal(3, world.In(BreakerState.ForcedOpen));
        Assert.Equal(6, (await world[0].Control.ReadAsync()).All.Count(directive => directive.Action == FleetAction.ForceOpen));
    }

    [Fact]
    public async Task Two_histories_that_are_too_long_together_keep_the_newest_directives()
    {
        var world = new FleetWorld(3);
        await world.StepAsync();
        for (var i = 0; i < 150; i++)
        {
            await world.IssueAsync(FleetWorld.Order(FleetAction.Disable, $"old {i}"));
        }

        await world.StepAsync(2);
        world.Store.Flush();
        var stranger = new FleetWorldObserver(world);
        for (var i = 0; i < 149; i++)
        {
            world.Time.Advance(TimeSpan.FromMilliseconds(1));
            await stranger.IssueAsync(FleetWorld.Order(FleetAction.Disable, $"new {i}"));
        }

        await stranger.IssueAsync(FleetWorld.Order(FleetAction.ForceOpen));
        await world.StepAsync(4);
        var directives = await world[0].Control.ReadAsync();

        Assert.Equal((3, 200), (world.In(BreakerState.ForcedOpen), directives.All.Count));
        Assert.Equal(149, directives.All.Count(directive => directive.Circuits.StartsWith("new", StringComparison.Ordinal)));
        await world.IssueAsync(FleetWorld.Order(FleetAction.Release, "*"));
        await world.StepAsync();
        Assert.Equal(3, world.In(BreakerState.HalfOpen));
    }

    [Fact]
    public async Task A_store_that_returns_other_directives_each_time_fills_no_memory()
    {
        var world = new FleetWorld(1);
        var revision = 0L;
        world[0].Store.Returns = reading =>
        {
            var many = Enumerable.Range(0, 50).Select(i => Noise(++revision, world.Time.GetUtcNow()));
            return reading with { Directives = new(++revision, DirectivesCodec.Write(DirectiveSet.Of(many))) };
        };

        await world.StepAsync(20);

        Assert.InRange(world[0].Member.Knowledge.Directives.All.Length, 50, 200);
    }

    [Fact]
    public void Two_directives_of_one_revision_merge_in_any_order()
    {
        var (one, other) = (Noise(7, FleetWorld.Start), Noise(7, FleetWorld.Start.AddSeconds(1)));

        var forth = DirectiveSet.Of([one]).With([other]);
        var back = DirectiveSet.Of([other]).With([one]);

        Assert.Equal(forth.All.AsEnumerable(), back.All);
        Assert.Equal([one, other], forth.All.AsEnumerable());
        Assert.True(forth.HasMoreThan(DirectiveSet.Of([one])));
    }

    [Fact]
    public async Task Members_without_the_right_to_write_obey_what_they_know_and_say_so_once()
    {
        var world = new FleetWorld(1);
        await world.StepAsync();
        await world.IssueAsync(FleetWorld.Order(FleetAction.Disable));
        await world.StepAsync();
        var member = world.Add("reader");
        await world.StepAsync(2);
        world.Kill(world[0]);

        world.Store.Flush();
        member.Store.DeniesDirectives = true;
        await world.StepAsync(6);

        Assert.Equal(BreakerState.Disabled, member["payments"].State);
        Assert.Single(member.Log.Of(210));
        Assert.Empty(await world.Store.ReadAuditAsync(10));

        // New directives may come with the right.
        member.Store.DeniesDirectives = false;
        await new FleetWorldObserver(world).IssueAsync(FleetWorld.Order(FleetAction.Disable, "orders"));
        await world.StepAsync(2);
        Assert.Equal(["payments", "orders"], (await member.Control.ReadAsync()).All.Select(directive => directive.Circuits));
    }

    [Fact]
    public async Task What_is_written_again_has_a_revision_that_nobody_knows()
    {
        var world = new FleetWorld(1);
        for (var i = 0; i < 50; i++)
        {
            await world.IssueAsync(FleetWorld.Order(FleetAction.Disable, $"circuit {i}"));
        }

        await world.StepAsync();
        var before = (await world[0].Control.ReadAsync()).Revision;
        Assert.InRange(before, 1_025, long.MaxValue);
        world.Store.Flush();
        await world.StepAsync();

        Assert.InRange((await world[0].Control.ReadAsync()).Revision, before + 1, before + 1_024);
    }

    [Fact]
    public async Task Of_two_hundred_members_few_try_to_write_at_once_what_was_lost()
    {
        var world = new FleetWorld(200);
        await world.IssueAsync(FleetWorld.Order(FleetAction.Disable));
        await world.StepAsync(3);

        // The leader would count the members anew.
        world.Kill(world.Members.Single(member => member.View.Status.IsLeader));
        foreach (var member in world.Members)
        {
            member.Store.DeniesDirectives = true;
        }

        world.Store.Flush();
        await world.StepAsync();

        Assert.InRange(world.Members.Sum(member => member.Log.Of(210).Count()), 1, 30);
    }

    [Fact]
    public async Task Directives_that_cannot_be_read_are_read_once_and_not_overwritten()
    {
        var world = new FleetWorld(1);
        await world.IssueAsync(FleetWorld.Order(FleetAction.Disable));
        await world.StepAsync();
        world.Store.Flush();
        byte[] later = [(byte)'F', (byte)'X', (byte)MessageKind.Directives, 2, 2];
        Assert.True(await world.Store.TryWriteDirectivesAsync(new(0, new(7, later), later)));

        await world.StepAsync(5);

        Assert.Equal((1, 1), (world[0].View.Status.IgnoredMessages, world.In(BreakerState.Disabled)));
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            world[0].Control.IssueAsync(FleetWorld.Order(FleetAction.Disable))
        );
        Assert.Contains("cannot be read. Its version 2 needs", error.Message, StringComparison.Ordinal);
        var stored = (await world.Store.ExchangeAsync(FleetExchange.ReadAll())).Directives.GetValueOrDefault();
        Assert.Equal(later, stored.Content.ToArray());
    }

    [Fact]
    public async Task A_directive_ends_at_the_new_time_of_a_store_whose_clock_jumps()
    {
        var world = new FleetWorld(1);
        await world.IssueAsync(FleetWorld.Order(FleetAction.ForceOpen, duration: TimeSpan.FromMinutes(5)));
        await world.StepAsync();
        Assert.Equal(1, world.In(BreakerState.ForcedOpen));

        world[0].Store.Returns = reading => reading with { StoreTime = reading.StoreTime + TimeSpan.FromMinutes(6) };
        await world.StepAsync();

        Assert.Equal(1, world.In(BreakerState.HalfOpen));
    }

    private static FleetDirective Noise(long revision, DateTimeOffset issuedAt) =>
        new()
        {
            Revision = revision,
            Action = FleetAction.Disable,
            Circuits = "noise",
            Percentage = 0.001 * (revision % 1_000 + 1),
            Zone = $"zone {revision}",
            Reason = "noise",
            By = "nobody",
            IssuedAt = issuedAt,
        };

    /// <summary>An operator whose process knows nothing of the directives before.</summary>
    private sealed class FleetWorldObserver(FleetWorld world)
    {
        private readonly FleetControl _control = new(
            new(new() { Name = "shop", MemberId = "stranger" }, world.Store, () => [], world.Time, new FleetEntries()),
            () => { },
            new FleetEntries()
        );

        public async Task IssueAsync(FleetOrder order) => Assert.True((await _control.IssueAsync(order)).IsAccepted);
    }
}
