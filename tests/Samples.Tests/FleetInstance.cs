using System.Diagnostics;
using FleetSample;

namespace Fluxgate;

/// <summary>Instances of <c>samples/Fleet</c>. Their dependency does not exist, so that each call that is admitted fails.</summary>
internal static class FleetInstance
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private static readonly Uri Nowhere = new("http://127.0.0.1:9/");

    /// <summary>Starts an instance.</summary>
    /// <param name="number">Its number in the fleet.</param>
    /// <param name="redis">The Redis of the fleet.</param>
    /// <param name="program">The path of the program, if it is not the sample as it was built.</param>
    public static InstanceProcess Start(int number, RedisServer redis, string? program = null) =>
        new(program ?? BuiltSample.PathOf("Fleet"), number, redis.Address, Nowhere);

    public static async Task UntilAsync(Func<bool> condition)
    {
        var start = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(start.Elapsed < Deadline, $"It did not happen within {Deadline}.");
            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
    }
}
