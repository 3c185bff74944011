using System.Diagnostics;
using StackExchange.Redis;

[assembly: CollectionBehavior(MaxParallelThreads = 4)]

namespace Fluxgate;

/// <summary>Waits for what other threads and processes do, with a deadline.</summary>
internal static class Until
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <summary>Waits for a condition.</summary>
    /// <returns>How long it took.</returns>
    public static async Task<TimeSpan> TrueAsync(Func<bool> condition, Func<string>? state = null)
    {
        var elapsed = Stopwatch.StartNew();
        while (!condition())
        {
            Expect(elapsed, state);
            await Task.Delay(10);
        }

        return elapsed.Elapsed;
    }

    /// <summary>Waits for a condition that asks a server.</summary>
    /// <returns>How long it took.</returns>
    public static async Task<TimeSpan> TrueAsync(Func<Task<bool>> condition, Func<string>? state = null)
    {
        var elapsed = Stopwatch.StartNew();
        while (!await ResponseAsync(condition))
        {
            Expect(elapsed, state);
            await Task.Delay(100);
        }

        return elapsed.Elapsed;
    }

    /// <summary>Asks a server until it responds: an error that passes, such as a timeout on a busy machine, says nothing about what is tested.</summary>
    public static async Task<T> ResponseAsync<T>(Func<Task<T>> ask)
    {
        var elapsed = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (Exception error) when (Passes(error))
            {
                Expect(elapsed, () => error.Message);
                await Task.Delay(100);
            }
        }
    }

    private static bool Passes(Exception error) =>
        error is TimeoutException or RedisConnectionException
        || (
            error is RedisServerException
            && (
                error.Message.StartsWith("CLUSTERDOWN", StringComparison.Ordinal)
                || error.Message.StartsWith("READONLY", StringComparison.Ordinal)
            )
        );

    private static void Expect(Stopwatch elapsed, Func<string>? state) =>
        Assert.True(elapsed.Elapsed < Deadline, $"Not within {Deadline}. {state?.Invoke()}");
}
