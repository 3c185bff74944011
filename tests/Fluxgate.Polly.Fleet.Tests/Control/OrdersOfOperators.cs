namespace Fluxgate;

/// <summary>What an operator may order, and what the store does to orders.</summary>
public sealed class OrdersOfOperators
{
    [Fact]
    public async Task An_order_right_after_a_flush_keeps_what_the_member_knows()
    {
        var world = new FleetWorld(1);
        await world.StepAsync();
        var first = await world.IssueAsync(FleetWorld.Order(FleetAction.Disable, "a"));
        await world.StepAsync();
        world.Store.Flush();

        var second = await world.IssueAsync(FleetWorld.Order(FleetAction.Disable, "b"));

        Assert.InRange(second.Revision, first.Revision + 1, long.MaxValue);
        Assert.Equal(["a", "b"], (await world[0].Control.ReadAsync()).All.Select(directive => directive.Circuits));
    }

    [Fact]
    public async Task The_newest_order_counts_although_the_clock_of_the_store_went_back()
    {
        var world = new FleetWorld(1);
        var first = await world.IssueAsync(FleetWorld.Order(FleetAction.Disable));
        world.Time.JumpWallClock(TimeSpan.FromMinutes(-10));

        var second = await world.IssueAsync(FleetWorld.Order(FleetAction.ForceOpen));
        await world.StepAsync();

        Assert.Equal(first.IssuedAt.AddMilliseconds(1), second.IssuedAt);
        Assert.Equal(1, world.In(BreakerState.ForcedOpen));
    }

    [Fact]
    public async Task An_order_is_accepted_although_the_hint_is_lost()
    {
        var world = new FleetWorld(1);
        var (store, commands) = (world[0].Store, 0);
        store.Before = _ => ++commands == 3 ? throw new InvalidOperationException("no channel") : Task.CompletedTask;

        var result = await world[0].Control.IssueAsync(FleetWorld.Order(FleetAction.Disable));

        Assert.Equal((true, 3), (result.IsAccepted, commands));
    }

    [Fact]
    public async Task An_order_wakes_the_member_of_its_process()
    {
        var world = new FleetWorld(1);
        var wakes = 0;
        var control = new FleetControl(world[0].Member, () => wakes++, world[0].Log);

        await control.IssueAsync(FleetWorld.Order(FleetAction.Disable));

        Assert.Equal(1, wakes);
    }

    [Fact]
    public async Task A_preview_counts_live_members_that_can_be_read()
    {
        var world = new FleetWorld(3);
        await world.StepAsync();
        world.Kill(world[2]);
        await world.StepAsync(4);
        await world.Store.ExchangeAsync(new("hostile", new byte[] { 1 }, TimeSpan.FromHours(1), 0, 0));

        var preview = await world[0].Control.PreviewAsync(FleetWorld.Order(FleetAction.Disable));

        Assert.Equal((2, 2, 2), (preview.LiveMembers, preview.Members, preview.Circuits));
    }

    [Fact]
    public async Task A_preview_names_100_circuits_and_counts_all()
    {
        var world = new FleetWorld(1, [.. Enumerable.Range(0, 150).Select(i => $"circuit {i:d3}")]);
        await world.StepAsync();

        var preview = await world[0].Control.PreviewAsync(FleetWorld.Order(FleetAction.Disable, "*"));

        Assert.Equal((150, 100, "circuit 099"), (preview.Circuits, preview.Names.Count, preview.Names[^1]));
    }

    [Fact]
    public async Task A_preview_counts_the_circuits_that_digests_leave_out()
    {
        var world = new FleetWorld(1);
        foreach (var omitted in new[] { 3, 4 })
        {
            var digest = DigestCodec.Write(new() { Number = 1, Omitted = omitted });
            await world.Store.ExchangeAsync(new($"omits {omitted}", digest, TimeSpan.FromHours(1), 0, 0));
        }

        var preview = await world[0].Control.PreviewAsync(FleetWorld.Order(FleetAction.Disable));

        Assert.Equal((2, 7), (preview.LiveMembers, preview.OmittedCircuits));
    }

    [Fact]
    public async Task The_audit_has_as_many_entries_as_are_asked_for()
    {
        var world = new FleetWorld(1);
        await world.IssueAsync(FleetWorld.Order(FleetAction.Disable));
        var newest = await world.IssueAsync(FleetWorld.Order(FleetAction.ForceOpen));

        var entry = Assert.Single(await world[0].Control.ReadAuditAsync(1));

        Assert.Equal(newest.Revision, entry.Directive?.Revision);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_001)]
    public async Task An_invalid_number_of_audit_entries_is_refused(int count)
    {
        var error = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => new FleetWorld(1)[0].Control.ReadAuditAsync(count));

        Assert.Contains("count must be 1 to 1000, but is ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(FleetAction.Disable, 100, 31_536_000, null)]
    [InlineData(FleetAction.Disable, 100, 31_536_001, "Duration must be 1s to 365d or null, but is ")]
    [InlineData(FleetAction.Disable, 100, 1, null)]
    [InlineData(FleetAction.Disable, 0.001, null, null)]
    [InlineData(FleetAction.Disable, 0.0009, null, "Percentage must be 0.001 to 100, but is 0.0009.")]
    [InlineData(FleetAction.Disable, 100.1, null, "Percentage must be 0.001 to 100, but is 100.1.")]
    [InlineData(FleetAction.Disable, double.NaN, null, "Percentage must be 0.001 to 100, but is NaN.")]
    [InlineData(FleetAction.Release, 100, 60, "Duration must be null for Release, which ends directives for good, but is 1m.")]
    [InlineData(FleetAction.Reset, 100, 60, "Duration must be null for Reset, which ends directives for good, but is 1m.")]
    public async Task The_limits_of_an_order_are_allowed_and_no_more(FleetAction action, double percentage, int? seconds, string? expected)
    {
        var order = FleetWorld.Order(action, percentage: percentage, duration: seconds is { } length ? TimeSpan.FromSeconds(length) : null);

        var error = await Record.ExceptionAsync(() => new FleetWorld(1)[0].Control.IssueAsync(order));

        if (expected is null)
        {
            Assert.Null(error);
        }
        else
        {
            Assert.StartsWith(expected, Assert.IsType<ArgumentException>(error).Message, StringComparison.Ordinal);
        }
    }
}
