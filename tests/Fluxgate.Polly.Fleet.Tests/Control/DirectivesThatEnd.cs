namespace Fluxgate;

/// <summary>What happens when a directive ends and an older one is in force again.</summary>
public sealed class DirectivesThatEnd
{
    private static readonly TimeSpan TenSeconds = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_forced_open_circuit_is_probed_although_a_recent_reset_is_older()
    {
        var world = new FleetWorld(1);
        await world.StepAsync();
        await world.IssueAsync(FleetWorld.Order(FleetAction.Reset));
        await world.StepAsync();
        await world.IssueAsync(FleetWorld.Order(FleetAction.ForceOpen, duration: TenSeconds));
        await world.StepAsync();
        Assert.Equal(1, world.In(BreakerState.ForcedOpen));

        await world.StepAsync(11);

        Assert.Equal(1, world.In(BreakerState.HalfOpen));
    }

    [Fact]
    public async Task A_manual_call_stands_although_an_older_directive_is_in_force_again()
    {
        var world = new FleetWorld(1);
        await world.StepAsync();
        var older = await world.IssueAsync(FleetWorld.Order(FleetAction.Disable, "*"));
        await world.StepAsync();
        await world.IssueAsync(FleetWorld.Order(FleetAction.ForceOpen, duration: TenSeconds));
        await world.StepAsync();
        world[0]["payments"].Reset("by hand");

        await world.StepAsync(12);

        Assert.Equal((1, 1), (world.In(BreakerState.Closed), world[0].View.Status.Divergent));
        Assert.Equal(
            ["ForceOpen payments", "Disable *"],
            world[0].Log.Of(206).Select(text => string.Join(' ', text.Split(": ")[1].Split(' ')[..2]))
        );
        var divergence = Assert.Single((await world[0].View.ReadAsync()).Divergences);
        Assert.Equal(older.Revision, divergence.Circuit.Directive);
        await world.IssueAsync(FleetWorld.Order(FleetAction.MetricsOnly));
        await world.StepAsync();
        Assert.Equal((1, 0), (world.In(BreakerState.MetricsOnly), world[0].View.Status.Divergent));
    }

    [Fact]
    public async Task A_manual_state_stands_until_a_directive_that_is_newer()
    {
        var world = new FleetWorld(1);
        await world.StepAsync();
        await world.IssueAsync(FleetWorld.Order(FleetAction.ForceOpen, duration: TenSeconds));
        await world.StepAsync();
        world[0]["payments"].MetricsOnly("by hand");

        await world.StepAsync(12);

        Assert.Equal((1, 0), (world.In(BreakerState.MetricsOnly), world[0].View.Status.Divergent));
    }

    [Fact]
    public async Task A_directive_of_a_later_version_leaves_the_older_one_in_force()
    {
        var world = new FleetWorld(1);
        await world.StepAsync();
        await world.IssueAsync(FleetWorld.Order(FleetAction.ForceOpen));
        await world.StepAsync();
        var stored = (await world.Store.ExchangeAsync(FleetExchange.ReadAll())).Directives.GetValueOrDefault();
        Assert.Null(DirectivesCodec.Read(stored.Content.Span, out var known));
        var later = known.All[0] with
        {
            Raw = default,
            Action = (FleetAction)77,
            Revision = stored.Revision + 1,
            IssuedAt = world.Time.GetUtcNow(),
            ExpiresAt = world.Time.GetUtcNow().AddDays(1),
        };
        var content = DirectivesCodec.Write(known.With([later]));
        Assert.True(await world.Store.TryWriteDirectivesAsync(new(stored.Revision, new(stored.Revision + 1, content), new byte[] { 1 })));
        await world.StepAsync(2);
        Assert.Equal(1, world.In(BreakerState.ForcedOpen));

        await world.IssueAsync(FleetWorld.Order(FleetAction.Release, "*"));
        await world.StepAsync();

        Assert.Equal(1, world.In(BreakerState.HalfOpen));
    }
}
