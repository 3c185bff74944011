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
    public async Task An_order_right_after_a_flush_counts_more_than_what_is_written_again()
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
    }

    [Fact]
    public async Task A_file_keeps_the_directives_and_counts_the_time_that_the_process_was_gone()
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():n}.directives");
        try
        {
            var world = new FleetWorld();
            world.Add("first", configure: options => options.DirectivesFile = path);
            await world.StepAsync();
            await world.IssueAsync(FleetWorld.Order(FleetAction.ForceOpen, duration: TimeSpan.FromMinutes(1)));
            await world.StepAsync();
            world.Kill(world[0]);
            world.Time.Advance(TimeSpan.FromSeconds(30));

            var second = world.Add("second", configure: options => options.DirectivesFile = path);
            second.Store.Before = _ => throw new InvalidOperationException("gone");
            second.Member.LoadFile();
            await second.Member.ObeyAsync();
            Assert.Equal(BreakerState.ForcedOpen, second["payments"].State);
            await world.StepAsync(31);

            Assert.Equal(BreakerState.HalfOpen, second["payments"].State);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 1, 2, 3 })]
    [InlineData(new byte[] { 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9, 9, 9 })]
    [InlineData(new byte[] { 255, 255, 255, 255, 255, 255, 255, 127, 1, 0, 0, 0, 0, 0, 0, 0, 9, 9, 9 })]
    public void A_damaged_file_is_reported_and_ignored(byte[] content)
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():n}.directives");
        try
        {
            File.WriteAllBytes(path, content);
            var member = new FleetWorld().Add("a", configure: options => options.DirectivesFile = path);

            member.Member.LoadFile();

            Assert.Contains(path, Assert.Single(member.Log.Of(211)), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
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
