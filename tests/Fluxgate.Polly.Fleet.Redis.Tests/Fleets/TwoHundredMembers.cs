namespace Fluxgate;

/// <summary>A fleet of 200 members with connections of their own on a real Redis.</summary>
[Collection(nameof(WholeMachine))]
public sealed class TwoHundredMembers(TwoHundredMembers.Fixture fixture) : IClassFixture<TwoHundredMembers.Fixture>, IAsyncLifetime
{
    private const int Count = 200;

    private RedisFleet Fleet => fixture.Fleet!;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await Fleet.IssueAsync(RedisFleet.Order(FleetAction.Reset), BreakerState.Closed, Count);
        // A digest names the directives that its member has obeyed.
        var revision = (await DirectivesAsync()).Revision;
        await Until.TrueAsync(async () => (await Fleet[0].View.ReadAsync()).Members.All(member => member.Directives == revision));
    }

    [Fact]
    public async Task All_members_obey_within_two_intervals_and_as_many_as_the_dry_run_says()
    {
        FleetOrder[] orders =
        [
            RedisFleet.Order(FleetAction.ForceOpen),
            RedisFleet.Order(FleetAction.ForceOpen, zone: "a"),
            RedisFleet.Order(FleetAction.ForceOpen, percentage: 10),
        ];
        List<int> touched = [];
        foreach (var order in orders)
        {
            var preview = await Until.ResponseAsync(() => Fleet[1].Control.PreviewAsync(order));
            Assert.Equal((Count, preview.Members), (preview.LiveMembers, preview.Circuits));
            touched.Add(preview.Members);

            Assert.InRange(await Fleet.IssueAsync(order, BreakerState.ForcedOpen, preview.Members), 0, 2);
            Assert.InRange(await Fleet.IssueAsync(RedisFleet.Order(FleetAction.Release), BreakerState.HalfOpen, preview.Members), 0, 2);
            await Fleet.IssueAsync(RedisFleet.Order(FleetAction.Reset), BreakerState.Closed, Count);
        }

        Assert.Equal([Count, Count / 2], touched.Take(2));
        Assert.InRange(touched[2], 1, Count / 4);
    }

    [Fact]
    public async Task Of_two_concurrent_orders_one_is_accepted_and_one_is_rejected()
    {
        var rounds = 0;
        for (var attempt = 0; attempt < 30 && rounds < 10; attempt++)
        {
            var revision = (await DirectivesAsync()).Revision;
            var order = RedisFleet.Order(FleetAction.MetricsOnly, expected: revision);

            var responses = await Task.WhenAll(Fleet.Members.Take(8).Select(member => Task.Run(() => IssueAsync(member, order))));
            FleetControlResult[] results = [.. responses.OfType<FleetControlResult>()];
            if (results.Length < responses.Length)
            {
                // One that timed out may have won.
                continue;
            }

            rounds++;
            var winner = Assert.Single(results, result => result.IsAccepted);
            Assert.All(
                results.Where(result => !result.IsAccepted),
                loser => Assert.Equal(winner.Directive!.Revision, loser.Current.All[^1].Revision)
            );
            Assert.Equal(
                winner.Directive!.Revision,
                (await Until.ResponseAsync(() => Fleet[0].Control.ReadAuditAsync(1)))[0].Directive!.Revision
            );
        }

        Assert.Equal(10, rounds);

        static async Task<FleetControlResult?> IssueAsync(RedisFleetMember member, FleetOrder order)
        {
            try
            {
                return await member.Control.IssueAsync(order);
            }
            catch (TimeoutException)
            {
                return null;
            }
        }
    }

    [Fact]
    public async Task A_flush_loses_neither_directives_nor_digests()
    {
        await Fleet.IssueAsync(RedisFleet.Order(FleetAction.ForceOpen), BreakerState.ForcedOpen, Count);
        var directive = (await DirectivesAsync()).All[^1].Revision;

        await fixture.Server.Commands.FlushAllDatabasesAsync();
        await fixture.Server.Commands.ScriptFlushAsync();

        // The members that are seen are those that exchanged after the flush.
        await Until.TrueAsync(async () => (await Fleet[0].View.ReadAsync()).Members.Count == Count);
        await Until.TrueAsync(async () => (await DirectivesAsync()).All.Any(one => one.Revision == directive));
        Assert.Equal(Count, Fleet.In(BreakerState.ForcedOpen));
        Assert.Contains(
            await Until.ResponseAsync(() => Fleet[0].Control.ReadAuditAsync()),
            entry => entry.Text.Contains("again", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Each_member_sees_all_members_and_no_label_names_one()
    {
        Fleet[7].Breaker.Trip("down");
        await Until.TrueAsync(() => Fleet[3].View.Summary?.Circuits.Single().MembersIn(BreakerState.Open) == 1);

        var report = await Until.ResponseAsync(() => Fleet[3].View.ReadAsync());
        var metrics = new PrometheusMetrics(new MetricCatalog());
        foreach (var family in Fleet[3].View.MetricFamilies)
        {
            metrics.Add(family);
        }

        var page = PrometheusText.Of(metrics);
        Assert.Equal(Count, report.Members.Count(member => member.IsAlive));
        var down = Assert.Single(report.Members, member => member.Circuits[0].State != BreakerState.Closed);
        Assert.Equal(("member 7", "b"), (down.Id, down.Zone));
        Assert.Contains("down", down.Circuits[0].Reason, StringComparison.Ordinal);
        Assert.Contains("""circuit_breaker_fleet_members{fleet="shop",zone="a"} 100""", page, StringComparison.Ordinal);
        Assert.DoesNotContain("member 7", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_that_were_lost_at_once_come_back_spread_out()
    {
        // A machine that stands still for some seconds lets all continue at once: one of three rounds without that is enough.
        List<int[]> rounds = [];
        do
        {
            rounds.Add(await ReturnAsync());
        } while (rounds[^1].Max() >= Count / 2 && rounds.Count < 3);

        Assert.True(
            rounds[^1].Max() < Count / 2,
            $"Returned by the second: {string.Join("; ", rounds.Select(round => string.Join(", ", round)))}."
        );
        await Until.TrueAsync(() => fixture.Server.Admin.IsConnected);
    }

    private Task<FleetDirectives> DirectivesAsync() => Until.ResponseAsync(() => Fleet[0].Control.ReadAsync());

    /// <summary>Kills and restarts the server.</summary>
    /// <returns>The number of members that were connected again, by the second.</returns>
    private async Task<int[]> ReturnAsync()
    {
        await fixture.Server.Process.KillAsync();
        await Until.TrueAsync(() => Fleet.Members.All(member => !member.View.Status.IsConnected));
        await fixture.Server.Process.RestartAsync();

        List<int> returned = [0];
        while (returned[^1] < Count && returned.Count < 45)
        {
            await Task.Delay(TimeSpan.FromSeconds(1));
            returned.Add(Fleet.Members.Count(member => member.View.Status.IsConnected));
        }

        Assert.Equal(Count, returned[^1]);
        return [.. returned.Zip(returned.Skip(1)).Select(pair => pair.Second - pair.First)];
    }

    /// <summary>A server and the members, which the tests share.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        public RedisServer Server { get; } = new();

        internal RedisFleet? Fleet { get; private set; }

        public async Task InitializeAsync()
        {
            await Server.InitializeAsync();
            Fleet = RedisProcess.Missing is null ? await RedisFleet.StartAsync(Count, Server.Address) : null;
        }

        public async Task DisposeAsync()
        {
            await (Fleet?.DisposeAsync() ?? default);
            await Server.DisposeAsync();
        }
    }
}
