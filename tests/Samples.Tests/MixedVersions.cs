using FleetSample;

namespace Fluxgate;

/// <summary>Processes of two versions in one fleet, as during a deployment. The next version writes fields that this one does not know.</summary>
public sealed class MixedVersions : IDisposable
{
    private const string NewField = "written by version 2";

    private readonly string _next = NextVersion();

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_next)!, recursive: true);

    [NeedsRedisFact]
    public async Task Both_versions_see_all_members_whichever_version_leads()
    {
        using var redis = new RedisServer();
        await redis.StartAsync(CancellationToken.None);
        using var present = FleetInstance.Start(1, redis);
        await FleetInstance.UntilAsync(() => present.Report is { IsLeader: true, Members: 1 });
        using var next = FleetInstance.Start(2, redis, _next);
        using var another = FleetInstance.Start(3, redis, _next);
        await FleetInstance.UntilAsync(() => Members(present, next, another) is [3, 3, 3]);
        Assert.True(present.Report!.IsLeader);
        Assert.DoesNotContain(NewField, await ReadAsync(redis, "HGET", "summary", "content"), StringComparison.Ordinal);
        Assert.Contains(NewField, await ReadAsync(redis, "HVALS", "digests"), StringComparison.Ordinal);

        present.Dispose();
        await FleetInstance.UntilAsync(() => next.Report!.IsLeader || another.Report!.IsLeader);
        using var again = FleetInstance.Start(4, redis);
        await FleetInstance.UntilAsync(() => Members(again, next, another) is [3, 3, 3]);
        Assert.False(again.Report!.IsLeader);
        Assert.Contains(NewField, await ReadAsync(redis, "HGET", "summary", "content"), StringComparison.Ordinal);
    }

    [NeedsRedisFact]
    public async Task Both_versions_obey_the_directives_of_each_other_and_keep_their_fields()
    {
        using var redis = new RedisServer();
        await redis.StartAsync(CancellationToken.None);
        using var present = FleetInstance.Start(1, redis);
        using var next = FleetInstance.Start(2, redis, _next);
        await FleetInstance.UntilAsync(() => Members(present, next) is [2, 2]);

        await next.ExecuteAsync("force open", CancellationToken.None);
        await FleetInstance.UntilAsync(() => AreForcedOpen(present, next));
        Assert.Contains("maintenance of the bank", present.Report!.Reason, StringComparison.Ordinal);

        await next.ExecuteAsync("release", CancellationToken.None);
        await FleetInstance.UntilAsync(() => !AreForcedOpen(present) && !AreForcedOpen(next));

        var response = await present.ExecuteAsync("force open", CancellationToken.None);
        await FleetInstance.UntilAsync(() => AreForcedOpen(present, next));
        var written = await ReadAsync(redis, "HGET", "directives", "content");
        Assert.Equal("forced open; the dry run said: 2 circuits of 2 members", response);
        Assert.Contains("the bank works again", written, StringComparison.Ordinal);
        Assert.Contains("maintenance of the bank", written, StringComparison.Ordinal);
        Assert.Contains(NewField, written, StringComparison.Ordinal);
    }

    private static int[] Members(params InstanceProcess[] instances) => [.. instances.Select(instance => instance.Report?.Members ?? 0)];

    private static bool AreForcedOpen(params InstanceProcess[] instances) =>
        instances.All(instance => instance.Report!.State == "forced_open");

    private static async Task<string> ReadAsync(RedisServer redis, string command, string key, params string[] arguments)
    {
        var (exitCode, output, errors) = await ExternalTool.RunAsync(
            "redis-cli",
            ["-u", $"redis://{redis.Address}", command, $"fluxgate:{{shop}}:{key}", .. arguments]
        );
        Assert.True(exitCode == 0, errors);
        return output;
    }

    /// <summary>Returns the path of the sample in a folder of its own, where the next version is in place of this one.</summary>
    private static string NextVersion()
    {
        var folder = Directory.CreateTempSubdirectory("fluxgate-next-").FullName;
        var sample = BuiltSample.PathOf("Fleet");
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(sample)!))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        const string Assembly = "Fluxgate.Polly.Fleet.dll";
        File.Copy(BuiltSample.PathOf("tests/Fleet.NextVersion", Assembly), Path.Combine(folder, Assembly), overwrite: true);
        return Path.Combine(folder, Path.GetFileName(sample));
    }
}
