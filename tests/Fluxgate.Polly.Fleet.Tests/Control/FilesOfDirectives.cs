namespace Fluxgate;

/// <summary>The file that keeps the last known directives.</summary>
public sealed class FilesOfDirectives : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fluxgate").FullName;
    private readonly VirtualTime _time = new();
    private readonly FleetEntries _log = new();

    private string Path => System.IO.Path.Combine(_folder, "known.directives");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_file_keeps_directives_which_expire_while_the_process_is_down()
    {
        var world = new FleetWorld();
        world.Add("first", configure: options => options.DirectivesFile = Path);
        await world.StepAsync();
        await world.IssueAsync(FleetWorld.Order(FleetAction.ForceOpen, duration: TimeSpan.FromMinutes(1)));
        await world.StepAsync();
        world.Kill(world[0]);
        world.Time.Advance(TimeSpan.FromSeconds(30));

        var second = world.Add("second", configure: options => options.DirectivesFile = Path);
        second.Store.Before = _ => throw new InvalidOperationException("gone");
        second.Member.LoadFile();
        await second.Member.ObeyAsync();
        Assert.Equal(BreakerState.ForcedOpen, second["payments"].State);
        await world.StepAsync(31);

        Assert.Equal(BreakerState.HalfOpen, second["payments"].State);
    }

    [Theory]
    [InlineData(new byte[0], "It is too short.")]
    [InlineData(new byte[] { 1, 2, 3 }, "It is too short.")]
    [InlineData(new byte[] { 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9, 9, 9 }, "It is not a message of a fleet.")]
    [InlineData(new byte[] { 255, 255, 255, 255, 255, 255, 255, 127, 1, 0, 0, 0, 0, 0, 0, 0 }, "milliseconds")]
    public void A_damaged_file_is_reported_and_ignored(byte[] content, string error)
    {
        File.WriteAllBytes(Path, content);
        var member = new FleetWorld().Add("a", configure: options => options.DirectivesFile = Path);

        member.Member.LoadFile();

        Assert.Contains(Path, Assert.Single(member.Log.Of(211)), StringComparison.Ordinal);
        Assert.Contains(error, Assert.Single(member.Log.Of(211)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_processes_may_save_the_same_file_at_once()
    {
        using var bothSave = new Barrier(2);
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(SaveAll, TaskCreationOptions.LongRunning)));

        Assert.Empty(_log.Of(211));
        Assert.Equal([Path], Directory.GetFileSystemEntries(_folder));
        Assert.NotNull(New().Load());

        void SaveAll()
        {
            var file = New();
            for (var i = 0; i < 200; i++)
            {
                bothSave.SignalAndWait(FleetWorld.Deadline);
                Save(file, times: 1);
            }
        }
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_reported_once_and_leaves_nothing()
    {
        var file = New();
        for (var outage = 1; outage <= 2; outage++)
        {
            Directory.CreateDirectory(Path);
            Save(file, times: 3);
            Assert.Equal(outage, _log.Of(211).Count());
            Assert.Equal([Path], Directory.GetFileSystemEntries(_folder));

            Directory.Delete(Path);
            Save(file, times: 2);
            Assert.NotNull(file.Load());
            File.Delete(Path);
        }
    }

    [Fact]
    public void A_wall_clock_that_went_back_counts_nothing()
    {
        New().Save(DirectiveSet.Empty, FleetWorld.Start);
        _time.JumpWallClock(TimeSpan.FromHours(-1));

        Assert.Equal(FleetWorld.Start, Assert.NotNull(New().Load()).StoreTime);
    }

    private static void Save(DirectivesFile file, int times)
    {
        for (var i = 0; i < times; i++)
        {
            file.Save(DirectiveSet.Empty, FleetWorld.Start);
        }
    }

    private DirectivesFile New() => new(Path, _time, _log);
}
