namespace Fluxgate;

/// <summary>What members write and read, and who summarizes.</summary>
public sealed class MemberExchanges
{
    [Fact]
    public async Task The_summary_counts_members_zones_and_states()
    {
        var world = new FleetWorld();
        world.Add("a", "west");
        world.Add("b", "east");
        world.Add("c", "east");
        world[0]["payments"].Trip("down");

        await world.StepAsync(2);

        Assert.All(world.Members, member => Assert.Equal(3, member.View.Summary?.Members));
        var summary = Assert.IsType<FleetSummary>(world[1].View.Summary);
        Assert.Equal([new("east", 2), new("west", 1)], summary.Zones);
        var payments = Assert.Single(summary.Circuits);
        Assert.Equal((3, 1, 2), (payments.Members, payments.MembersIn(BreakerState.Open), payments.MembersIn(BreakerState.Closed)));
    }

    [Fact]
    public async Task One_member_leads_and_another_takes_over_when_it_is_killed()
    {
        var world = new FleetWorld(5);
        await world.StepAsync(3);
        var leader = Assert.Single(world.Members, member => member.View.Status.IsLeader);

        world.Kill(leader);
        await world.StepAsync(10);

        var next = Assert.Single(world.Members, member => member.View.Status.IsLeader);
        Assert.NotSame(leader, next);
        Assert.Equal(4, world[0].View.Summary?.Members);
    }

    [Fact]
    public async Task A_leader_that_cannot_write_the_summary_lets_another_lead()
    {
        var world = new FleetWorld(3);
        await world.StepAsync(3);
        var leader = Assert.Single(world.Members, member => member.View.Status.IsLeader);

        leader.Store.FailsSummaries = true;
        await world.StepAsync(12);

        Assert.NotSame(leader, Assert.Single(world.Members, member => member.View.Status.IsLeader));
        Assert.NotNull(leader.View.Summary);
        Assert.True(leader.Member.SummaryAge < TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task A_member_that_stops_its_numbers_is_gone_after_three_intervals()
    {
        var world = new FleetWorld(3);
        await world.StepAsync(3);
        var silent = world.Members.First(member => !member.View.Status.IsLeader);

        world.Kill(silent);
        await world.StepAsync(2);
        Assert.Equal(3, world[0].View.Summary?.Members);
        await world.StepAsync(4);

        Assert.Equal(2, world[0].View.Summary?.Members);
    }

    [Fact]
    public async Task Wall_clocks_that_jump_change_nothing()
    {
        var world = new FleetWorld(3);
        await world.StepAsync(3);

        world.Time.JumpWallClock(TimeSpan.FromSeconds(-20));
        await world.StepAsync(3);

        Assert.Equal(3, world[0].View.Summary?.Members);
    }

    [Fact]
    public async Task Slow_calls_are_summed_by_threshold_with_their_reporters()
    {
        var world = new FleetWorld();
        foreach (var (id, threshold) in new[] { ("a", 1), ("b", 1), ("c", 2) })
        {
            world.Add(id, settings: new() { Tripper = Tripper.MinRequests(50) & Tripper.SlowRate(0.9, TimeSpan.FromSeconds(threshold)) });
        }

        await world.StepAsync();
        foreach (var member in world.Members)
        {
            member["payments"].Admit().Settle(Verdict.Success, TimeSpan.FromSeconds(5));
        }

        await world.StepAsync();
        var summary = await LeaderSummaryAsync(world);

        Assert.Equal([new(TimeSpan.FromSeconds(1), 2, 2), new(TimeSpan.FromSeconds(2), 1, 1)], Assert.Single(summary.Circuits).SlowCalls);
        Assert.Equal(2, Assert.Single(summary.Circuits).Rules);
    }

    [Fact]
    public async Task Calls_are_summed_over_the_members()
    {
        var world = new FleetWorld(2);
        await world.StepAsync();
        world[0].Call(3, 1);
        world[1].Call(5, 2);

        await world.StepAsync();
        var summary = await LeaderSummaryAsync(world);

        Assert.Equal(new(8, 3, 0, 0), Assert.Single(summary.Circuits).Calls);
    }

    [Fact]
    public async Task Keys_of_groups_are_circuits_of_the_fleet()
    {
        var world = new FleetWorld(1);
        var group = new BreakerGroup("tenants", timeProvider: world.Time);
        world[0].Groups.Add(group);
        group.GetOrAdd("acme").Trip("down");

        await world.StepAsync(2);

        var summary = Assert.IsType<FleetSummary>(world[0].View.Summary);
        Assert.Equal(["tenants/acme", "payments", "tenants (shared)"], summary.Circuits.Select(circuit => circuit.Name));
        Assert.Equal(["tenants", null, "tenants"], summary.Circuits.Select(circuit => circuit.Group));
    }

    [Fact]
    public async Task Two_hundred_members_make_one_summary()
    {
        var world = new FleetWorld(200, "payments", "orders");

        await world.StepAsync(4);

        Assert.All(world.Members, member => Assert.Equal(200, member.View.Summary?.Members));
        Assert.Single(world.Members, member => member.View.Status.IsLeader);
    }

    [Fact]
    public async Task A_member_sends_one_command_per_interval_unless_it_leads()
    {
        var world = new FleetWorld(20);
        await world.StepAsync(5);
        var before = world.Members.Select(member => member.Store.Commands).ToArray();

        await world.StepAsync(10);

        var commands = world.Members.Select((member, i) => (member.View.Status.IsLeader, Commands: member.Store.Commands - before[i]));
        Assert.All(commands, one => Assert.Equal(one.IsLeader ? 40 : 10, one.Commands));
    }

    [Fact]
    public async Task Fifty_breakers_cost_little_on_the_wire()
    {
        var world = new FleetWorld(1, [.. Enumerable.Range(0, 50).Select(i => $"dependency-{i}")]);
        await world.StepAsync();
        foreach (var name in Enumerable.Range(0, 50))
        {
            world[0].Call(100, 3, $"dependency-{name}");
        }

        await world.StepAsync();

        var digest = Assert.Single(await world.Store.ReadDigestsAsync());
        var summary = (await world.Store.ExchangeAsync(FleetExchange.ReadAll())).Summary;
        Assert.InRange(digest.Content.Length, 500, 2_000);
        Assert.InRange(summary.GetValueOrDefault().Content.Length, 500, 3_000);
    }

    [Theory]
    [InlineData(1_000, 1)]
    [InlineData(5_000, 5)]
    public async Task The_interval_grows_with_the_members(int members, int seconds)
    {
        var world = new FleetWorld(1);
        await world.Store.WriteSummaryAsync(new(1, SummaryCodec.Write(new() { Members = members })));

        await world.StepAsync();

        Assert.Equal(TimeSpan.FromSeconds(seconds), world[0].Member.Interval);
    }

    [Fact]
    public void A_member_is_gone_after_three_intervals_without_progress()
    {
        var time = new VirtualTime();
        var liveness = new Liveness(time);
        Assert.Equal(TimeSpan.FromSeconds(3), new FleetWorld(1)[0].Member.Patience);

        Assert.Equal(1, AliveAt(number: 5));
        time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(1, AliveAt(number: 5));
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, AliveAt(number: 5));

        // A process that started again with the same identifier begins at 1.
        Assert.Equal(1, AliveAt(number: 1));

        int AliveAt(long number) => liveness.Of([new("one", new FleetDigest { Number = number })], TimeSpan.FromSeconds(3)).Count;
    }

    [Fact]
    public async Task Of_two_hundred_members_few_try_to_lead_at_once()
    {
        var world = new FleetWorld(200);
        await world.Store.WriteSummaryAsync(new(1, SummaryCodec.Write(new() { Members = 200 })));
        Assert.True(await world.Store.TryTakeLeaseAsync(new(Leadership.Resource, "silent", 1, TimeSpan.FromHours(1))));
        await world.StepAsync(4);
        var before = world.Members.Sum(member => member.Store.Commands);

        await world.StepAsync();

        Assert.InRange(world.Members.Sum(member => member.Store.Commands) - before - 200, 1, 30);
    }

    [Fact]
    public void The_circuits_that_members_omit_are_not_added_up_and_zones_have_a_limit()
    {
        var digests = Enumerable
            .Range(0, 100)
            .Select(i => new FleetDigest
            {
                Number = 1,
                Zone = $"zone {i:d3}",
                Omitted = i,
            });

        var summary = Summarizer.Summarize("leader", [.. digests], 0);

        Assert.Equal((99, 64), (summary.OmittedCircuits, summary.Zones.Count));
    }

    private static async Task<FleetSummary> LeaderSummaryAsync(FleetWorld world)
    {
        // The calls of one interval are in the digests until the next step.
        var leader = world.Members.Single(member => member.View.Status.IsLeader);
        var digests = await world.Store.ReadDigestsAsync();
        return new Leadership(leader.View.MemberId, world.Time).Summarize(digests, TimeSpan.FromSeconds(3), (error, _) => error is null);
    }
}
