namespace Fluxgate;

/// <summary>Directives, from the operator to the circuits of all members.</summary>
public sealed class DirectivesOfTheFleet
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(FleetAction.ForceOpen, BreakerState.ForcedOpen)]
    [InlineData(FleetAction.Disable, BreakerState.Disabled)]
    [InlineData(FleetAction.MetricsOnly, BreakerState.MetricsOnly)]
    public async Task Two_hundred_members_obey_within_two_intervals(FleetAction action, BreakerState state)
    {
        var world = new FleetWorld(200);
        await world.StepAsync();

        await world.IssueAsync(FleetWorld.Order(action));
        await world.StepAsync();

        Assert.Equal(200, world.In(state));
        var reason = world[7]["payments"].Snapshot().Reason;
        Assert.Equal(ReasonKind.Fleet, reason.Kind);
        Assert.StartsWith($"fleet: {action} payments by ann: drill (directive ", reason.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reset_closes_once_and_ends_what_was_in_force()
    {
        var world = new FleetWorld(3);
        await world.StepAsync();
        await world.IssueAsync(FleetWorld.Order(FleetAction.ForceOpen));
        world[2]["payments"].Trip("down");
        await world.StepAsync();

        await world.IssueAsync(FleetWorld.Order(FleetAction.Reset));
        await world.StepAsync();
        Assert.Equal(3, world.In(BreakerState.Closed));
        world[0]["payments"].Trip("again");
        await world.StepAsync(3);

        Assert.Equal(1, world.In(BreakerState.Open));
    }

    [Fact]
    public async Task A_member_that_sees_a_reset_late_is_not_reset()
    {
        var world = new FleetWorld(1);
        await world.StepAsync();
        await world.IssueAsync(FleetWorld.Order(FleetAction.Reset));
        world.Time.Advance(TimeSpan.FromMinutes(2));
        var late = world.Add("late", settings: new() { BreakDuration = BreakDuration.UntilReset });
        late["payments"].Trip("down");

        await world.StepAsync(2);

        Assert.Equal(BreakerState.Open, late["payments"].State);
    }

    [Theory]
    [InlineData(FleetAction.ForceOpen, BreakerState.HalfOpen)]
    [InlineData(FleetAction.Disable, BreakerState.Closed)]
    [InlineData(FleetAction.MetricsOnly, BreakerState.Closed)]
    public async Task A_release_ends_a_directive(FleetAction action, BreakerState afterwards)
    {
        var world = new FleetWorld(3);
        await world.StepAsync();
        await world.IssueAsync(FleetWorld.Order(action));
        await world.StepAsync();

        await world.IssueAsync(FleetWorld.Order(FleetAction.Release, "*"), by: 1);
        await world.StepAsync();

        Assert.Equal(3, world.In(afterwards));
        var reason = world[2]["payments"].Snapshot().Reason;
        Assert.Equal(ReasonKind.Fleet, reason.Kind);
        Assert.StartsWith("fleet: Release * by ann: drill (directive ", reason.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pattern_covers_what_it_matches()
    {
        var world = new FleetWorld(2, "payments-eu", "payments-us", "orders");
        await world.StepAsync();

        await world.IssueAsync(FleetWorld.Order(FleetAction.Disable, "PAYMENTS-*"));
        await world.StepAsync();

        Assert.Equal(
            (2, 2, 0),
            (
                world.In(BreakerState.Disabled, "payments-eu"),
                world.In(BreakerState.Disabled, "payments-us"),
                world.In(BreakerState.Disabled, "orders")
            )
        );
    }

    [Fact]
    public async Task A_release_of_one_circuit_leaves_the_others()
    {
        var world = new FleetWorld(1, "a", "b");
        await world.StepAsync();
        await world.IssueAsync(FleetWorld.Order(FleetAction.Disable, "*"));
        await world.StepAsync();

        await world.IssueAsync(FleetWorld.Order(FleetAction.Release, "a"));
        await world.StepAsync(2);
        world.Time.Advance(TimeSpan.FromDays(3));
        await world.StepAsync(2);

        Assert.Equal((BreakerState.Closed, BreakerState.Disabled), (world[0]["a"].State, world[0]["b"].State));
    }

    [Fact]
    public async Task A_new_key_of_a_group_obeys_a_directive_that_was_there_before()
    {
        var world = new FleetWorld(1);
        var group = new BreakerGroup("tenants", timeProvider: world.Time);
        world[0].Groups.Add(group);
        await world.StepAsync();
        await world.IssueAsync(FleetWorld.Order(FleetAction.ForceOpen, "tenants/acme"));
        await world.StepAsync();

        var (acme, other) = (group.GetOrAdd("acme"), group.GetOrAdd("other"));
        await world.StepAsync();

        Assert.Equal((BreakerState.ForcedOpen, BreakerState.Closed), (acme.State, other.State));
    }

    [Fact]
    public async Task A_zone_obeys_alone()
    {
        var world = new FleetWorld();
        world.Add("a", "west");
        world.Add("b", "east");
        world.Add("c");
        await world.StepAsync();

        await world.IssueAsync(FleetWorld.Order(FleetAction.ForceOpen, zone: "east"));
        await world.StepAsync();

        Assert.Equal(
            ["b"],
            world.Members.Where(member => member["payments"].State == BreakerState.ForcedOpen).Select(member => member.View.MemberId)
        );
    }

    [Fact]
    public async Task A_greater_percentage_keeps_the_members_of_a_smaller_one()
    {
        var world = new FleetWorld(200);
        await world.StepAsync();
        await world.IssueAsync(FleetWorld.Order(FleetAction.ForceOpen, percentage: 10));
        await world.StepAsync();
        var first = Forced(world);

        await world.IssueAsync(FleetWorld.Order(FleetAction.ForceOpen, percentage: 50));
        await world.StepAsync();
        var second = Forced(world);

        Assert.InRange(first.Count, 8, 35);
        Assert.InRange(second.Count, 75, 125);
        Assert.Subset(second, first);
    }

    [Fact]
    public async Task A_preview_counts_what_the_order_then_touches()
    {
        var world = new FleetWorld(200, "payments", "orders");
        await world.StepAsync(2);
        var order = FleetWorld.Order(FleetAction.ForceOpen, "*a*", percentage: 30);

        var preview = await world[3].Control.PreviewAsync(order);
        Assert.Equal(0, world.In(BreakerState.ForcedOpen));
        await world.IssueAsync(order);
        await world.StepAsync();

        Assert.Equal((200, 0), (preview.LiveMembers, preview.OmittedCircuits));
        Assert.Equal(["payments"], preview.Names);
        Assert.Equal((preview.Members, preview.Circuits), (world.In(BreakerState.ForcedOpen), world.In(BreakerState.ForcedOpen)));
        Assert.InRange(preview.Members, 30, 90);
    }

    [Fact]
    public async Task A_directive_ends_on_time_while_the_store_is_unavailable()
    {
        var world = new FleetWorld(3);
        await world.StepAsync();
        await world.IssueAsync(FleetWorld.Order(FleetAction.ForceOpen, duration: Minute));
        await world.StepAsync();
        foreach (var member in world.Members)
        {
            member.Store.Before = _ => throw new InvalidOperationException("gone");
        }

        // The wall clock of the members does not count.
        world.Time.JumpWallClock(TimeSpan.FromDays(1));
        await world.StepAsync(58);
        Assert.Equal(3, world.In(BreakerState.ForcedOpen));
        await world.StepAsync(2);

        Assert.Equal(3, world.In(BreakerState.HalfOpen));
        var reason = world[0]["payments"].Snapshot().Reason;
        Assert.Equal((ReasonKind.Fleet, "fleet: the directive has ended"), (reason.Kind, reason.Text));
    }

    [Fact]
    public async Task What_a_timed_directive_covered_comes_back_when_it_ends()
    {
        var world = new FleetWorld(1);
        await world.StepAsync();
        await world.IssueAsync(FleetWorld.Order(FleetAction.Disable, "*"));
        await world.StepAsync();
        await world.IssueAsync(FleetWorld.Order(FleetAction.ForceOpen, duration: Minute));
        await world.StepAsync();
        Assert.Equal(1, world.In(BreakerState.ForcedOpen));

        await world.StepAsync(61);

        Assert.Equal(1, world.In(BreakerState.Disabled));
    }

    [Fact]
    public async Task A_member_that_starts_later_obeys_what_is_left()
    {
        var world = new FleetWorld(1);
        await world.StepAsync();
        await world.IssueAsync(FleetWorld.Order(FleetAction.ForceOpen, duration: Minute));
        world.Time.Advance(TimeSpan.FromSeconds(40));

        var late = world.Add("late");
        await world.StepAsync(10);
        Assert.Equal(BreakerState.ForcedOpen, late["payments"].State);
        await world.StepAsync(11);

        Assert.Equal(BreakerState.HalfOpen, late["payments"].State);
    }

    [Fact]
    public async Task A_manual_call_is_a_divergence_until_the_next_directive()
    {
        var world = new FleetWorld(3);
        await world.StepAsync();
        var directive = await world.IssueAsync(FleetWorld.Order(FleetAction.ForceOpen));
        await world.StepAsync();

        world[1]["payments"].Reset("I know better");
        await world.StepAsync(5);

        Assert.Equal((2, 1), (world.In(BreakerState.ForcedOpen), world.In(BreakerState.Closed)));
        var divergence = Assert.Single((await world[0].View.ReadAsync()).Divergences);
        Assert.Equal(("member 1", directive.Revision), (divergence.MemberId, divergence.Circuit.Directive));
        Assert.Equal(1, Assert.Single(world[0].View.Summary!.Circuits).Divergent);
        Assert.Equal((0, 1), (world[0].View.Status.Divergent, world[1].View.Status.Divergent));
        Assert.Single(world[1].Log.Of(206));
        await world.IssueAsync(FleetWorld.Order(FleetAction.Disable));
        await world.StepAsync();
        Assert.Equal(3, world.In(BreakerState.Disabled));
    }

    [Fact]
    public async Task The_end_of_a_directive_leaves_what_somebody_did_by_hand()
    {
        var world = new FleetWorld(2);
        await world.StepAsync();
        await world.IssueAsync(FleetWorld.Order(FleetAction.ForceOpen));
        await world.StepAsync();
        world[1]["payments"].Disable("by hand");

        await world.IssueAsync(FleetWorld.Order(FleetAction.Release));
        await world.StepAsync(3);

        Assert.Equal((BreakerState.HalfOpen, BreakerState.Disabled), (world[0]["payments"].State, world[1]["payments"].State));
    }

    [Fact]
    public async Task Of_two_concurrent_orders_one_is_accepted_and_one_is_rejected()
    {
        var world = new FleetWorld(2);
        await world.StepAsync();
        var seen = (await world[0].Control.ReadAsync()).Revision;

        var first = await world[0].Control.IssueAsync(FleetWorld.Order(FleetAction.ForceOpen, expected: seen, by: "ann"));
        var second = await world[1].Control.IssueAsync(FleetWorld.Order(FleetAction.Disable, expected: seen, by: "bob"));

        Assert.True(first.IsAccepted);
        Assert.False(second.IsAccepted);
        Assert.Equal("ann", Assert.Single(second.Current.All).By);
        Assert.Equal(["ann"], (await world[0].Control.ReadAuditAsync()).Select(entry => entry.By));
    }

    [Fact]
    public async Task An_order_that_another_order_overtakes_is_rejected()
    {
        var world = new FleetWorld(2);
        await world.StepAsync();
        var isFirst = true;
        world[1].Store.Returns = reading =>
        {
            if (isFirst)
            {
                isFirst = false;
                Assert.True(world[0].Control.IssueAsync(FleetWorld.Order(FleetAction.ForceOpen, by: "ann")).Result.IsAccepted);
            }

            return reading;
        };

        var second = await world[1].Control.IssueAsync(FleetWorld.Order(FleetAction.Disable, by: "bob")).WaitAsync(FleetWorld.Deadline);

        Assert.False(second.IsAccepted);
        Assert.Equal("ann", Assert.Single(second.Current.All).By);
    }

    [Fact]
    public async Task The_audit_says_who_when_and_why()
    {
        var world = new FleetWorld(1);
        await world.StepAsync();
        await world.IssueAsync(FleetWorld.Order(FleetAction.ForceOpen, duration: Minute, percentage: 25, zone: "west"));
        await world.IssueAsync(FleetWorld.Order(FleetAction.Release, by: "bob"));

        var audit = await world[0].Control.ReadAuditAsync();

        Assert.Equal(["bob", "ann"], audit.Select(entry => entry.By));
        Assert.StartsWith(
            "ForceOpen payments in zone west on 25% of the members for 1m by ann: drill (directive ",
            audit[1].Text,
            StringComparison.Ordinal
        );
        Assert.InRange(audit[1].At, world.Time.GetUtcNow() - Minute, world.Time.GetUtcNow());
    }

    [Fact]
    public async Task An_invalid_order_names_each_setting_its_value_and_what_is_allowed()
    {
        var world = new FleetWorld(1);
        var order = new FleetOrder((FleetAction)9)
        {
            Circuits = "",
            Reason = " ",
            By = new string('x', 300),
            Zone = "",
            Percentage = 0,
            Duration = TimeSpan.FromMilliseconds(1),
            ExpectedRevision = -1,
        };

        var error = await Assert.ThrowsAsync<ArgumentException>(() => world[0].Control.IssueAsync(order));

        Assert.Equal(
            [
                "Action must be one of ForceOpen, Disable, MetricsOnly, Reset, Release, but is 9.",
                "Circuits must have 1 to 256 characters, but is empty.",
                "Reason must have 1 to 256 characters, but is empty.",
                "By must have 1 to 256 characters, but has 300.",
                "Zone must have 1 to 256 characters, but is empty.",
                "Percentage must be 0.001 to 100, but is 0.",
                "Duration must be 1s to 365d or null, but is 1ms.",
                "ExpectedRevision must be at least 0 or null, but is -1.",
            ],
            error.Message.Split(Environment.NewLine)
        );
        Assert.Empty(await world[0].Control.ReadAuditAsync());
    }

    [Fact]
    public async Task Too_many_directives_are_refused_and_a_release_of_all_makes_room()
    {
        var world = new FleetWorld(1);
        await world.StepAsync();
        for (var i = 0; i < 200; i++)
        {
            await world.IssueAsync(FleetWorld.Order(FleetAction.Disable, $"circuit {i}"));
        }

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            world[0].Control.IssueAsync(FleetWorld.Order(FleetAction.Disable, "one more"))
        );
        Assert.Contains("200 directives", error.Message, StringComparison.Ordinal);
        await world.IssueAsync(FleetWorld.Order(FleetAction.Release, "*"));

        Assert.Single((await world[0].Control.ReadAsync()).All);
    }

    private static HashSet<string> Forced(FleetWorld world) =>
        [.. world.Members.Where(member => member["payments"].State == BreakerState.ForcedOpen).Select(member => member.View.MemberId)];
}
