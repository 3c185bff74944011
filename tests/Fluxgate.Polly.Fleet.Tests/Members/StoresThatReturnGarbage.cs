namespace Fluxgate;

/// <summary>What is wrong in the store is counted and changes nothing.</summary>
public sealed class StoresThatReturnGarbage
{
    [Fact]
    public async Task Garbage_is_counted_and_changes_nothing()
    {
        var world = new FleetWorld(2);
        await world.StepAsync();
        await world.IssueAsync(FleetWorld.Order(FleetAction.Disable));
        await world.StepAsync(2);
        var random = new Random(5);

        world[0].Store.Returns = reading =>
        {
            var garbage = new byte[random.Next(200)];
            random.NextBytes(garbage);
            return reading with { Summary = new(random.Next(1, 99), garbage), Directives = new(random.Next(100_000, 200_000), garbage) };
        };
        await world.StepAsync(50);
        Assert.Equal(2, world.In(BreakerState.Disabled));
        Assert.InRange(world[0].View.Status.IgnoredMessages, 50, 100);
        Assert.InRange(world[0].Log.Of(208).Count(), 1, 2);
        Assert.Empty(world[0].Log.Of(209));

        world[0].Store.Returns = null;
        await world.IssueAsync(FleetWorld.Order(FleetAction.Release), by: 1);
        await world.StepAsync(2);
        Assert.Equal(2, world.In(BreakerState.Closed));
    }

    [Fact]
    public async Task A_hostile_digest_is_ignored_and_the_others_are_summarized()
    {
        var world = new FleetWorld(3);
        await world.Store.ExchangeAsync(new("hostile\n", new byte[FleetLimits.MaxDigestBytes], TimeSpan.FromHours(1), 0, 0));

        await world.StepAsync(10);

        var summary = Assert.IsType<FleetSummary>(world[0].View.Summary);
        Assert.Equal((3, 1), (summary.Members, summary.IgnoredDigests));
        var leader = world.Members.Single(member => member.View.Status.IsLeader);
        Assert.Equal(
            "A message in the store of the fleet 'shop' is ignored: the digest of 'hostile '. It is not a message of a fleet.",
            Assert.Single(leader.Log.Of(208))
        );
        Assert.InRange(leader.View.Status.IgnoredMessages, 8, 12);
        Assert.Equal(1, (await world[1].View.ReadAsync()).IgnoredDigests);
    }

    [Fact]
    public async Task Many_hostile_digests_are_counted_and_not_all_logged()
    {
        var world = new FleetWorld(1);
        for (var i = 0; i < 150; i++)
        {
            await world.Store.ExchangeAsync(new($"hostile {i}", new byte[] { 1 }, TimeSpan.FromHours(1), 0, 0));
        }

        await world.StepAsync(2);

        Assert.Equal((300, 100), (world[0].View.Status.IgnoredMessages, world[0].Log.Of(208).Count()));
    }

    [Fact]
    public async Task A_hostile_revision_of_the_summary_stops_no_leader()
    {
        var world = new FleetWorld(1);
        await world.Store.WriteSummaryAsync(new(FleetLimits.MaxRevision, SummaryCodec.Write(new() { Members = 7 })));

        await world.StepAsync(6);

        Assert.Equal((true, 1), (world[0].View.Status.IsLeader, world[0].View.Summary?.Members));
        Assert.Equal(0, world[0].View.Status.Failures);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(14)]
    public async Task A_store_time_of_DateTime_MaxValue_stops_no_member(int hours)
    {
        var world = new FleetWorld(1);
        var end = new DateTimeOffset(DateTime.MaxValue, TimeSpan.FromHours(hours));
        world[0].Store.Returns = reading => reading with { StoreTime = end };

        await world.StepAsync(3);

        Assert.InRange(Assert.NotNull(world[0].Member.StoreTime), end, DateTimeOffset.MaxValue);
        Assert.Empty(world[0].Log.Of(212));
    }

    [Fact]
    public async Task A_summary_of_very_many_members_slows_a_member_to_a_minute_at_most()
    {
        var world = new FleetWorld(1);
        await world.Store.WriteSummaryAsync(new(1, SummaryCodec.Write(new() { Members = 1_000_000 })));

        await world.StepAsync();

        Assert.Equal(TimeSpan.FromMinutes(1), world[0].Member.Interval);
    }
}
