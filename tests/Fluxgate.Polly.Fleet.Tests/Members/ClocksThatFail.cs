namespace Fluxgate;

/// <summary>A time provider that throws ends nothing: it may be code of a user.</summary>
[Collection(nameof(OtherThreads))]
public sealed class ClocksThatFail
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task A_clock_that_throws_once_is_reported_once_and_the_loop_goes_on()
    {
        await using var world = new FleetHostWorld();
        await world.StartAsync(fleet => fleet.Interval = Interval);
        await world.FinishAsync();

        world.Time.BeforeNextRead = () => throw new InvalidOperationException("no clock");
        await world.UntilAsync(() => world.Log.Of(212).Any());
        var commands = world.Store.Commands;
        await world.UntilAsync(() => world.Store.Commands > commands + 10);

        Assert.Contains("no clock", Assert.Single(world.Log.Of(212)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_loop_goes_on_whichever_use_of_the_clock_throws()
    {
        for (var uses = 0; uses < 20; uses++)
        {
            var world = new FleetWorld();
            var (time, store, log) = (new FaultyTime(world.Time), new FaultyStore(world.Store), new FleetEntries());
            var options = new FleetOptions
            {
                Name = "shop",
                MemberId = "one",
                Interval = Interval,
            };
            var member = new FleetMember(options, store, () => [], time, log, () => 0.5);
            await using var loop = new FleetLoop(member, options, log, () => 0.5);
            var commands = int.MaxValue - 10;

            time.ThrowAfter(uses);
            loop.Start();
            await OtherThreads.UntilAsync(
                () =>
                {
                    commands = time.HasThrown ? Math.Min(commands, store.Commands) : commands;
                    return store.Commands > commands + 10;
                },
                () => world.Time.Advance(Interval / 2),
                () => loop.IsWaiting
            );

            Assert.InRange(log.Of(212).Concat(log.Of(202)).Count(), 0, 1);
        }
    }

    [Fact]
    public async Task A_host_starts_although_its_clock_cannot_wait()
    {
        var world = new FleetWorld();
        var (time, log) = (new FaultyTime(world.Time), new FleetEntries());
        var options = new FleetOptions { Name = "shop", MemberId = "one" };
        var member = new FleetMember(
            options,
            new FaultyStore(world.Store) { Before = token => Task.Delay(Timeout.Infinite, token) },
            () => [],
            time,
            log
        );
        await using var loop = new FleetLoop(member, options, log);
        loop.Start();
        await OtherThreads.UntilAsync(() => world.Time.ArmedTimers == 2);

        time.ThrowAfter(0);
        await loop.StartAsync(CancellationToken.None).WaitAsync(FleetWorld.Deadline);

        Assert.Contains("no clock", Assert.Single(log.Of(212)), StringComparison.Ordinal);
    }
}
