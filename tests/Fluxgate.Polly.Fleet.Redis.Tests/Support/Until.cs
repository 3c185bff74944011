using System.Diagnostics;

[assembly: CollectionBehavior(MaxParallelThreads = 4)]

namespace Fluxgate;

/// <summary>Waits for what other threads and processes do, with a deadline.</summary>
internal static class Until
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <summary>Waits for a condition.</summary>
    /// <returns>How long it took.</returns>
    public static Task<TimeSpan> TrueAsync(Func<bool> condition, Func<string>? state = null) =>
        TrueAsync(() => Task.FromResult(condition()), state);

    /// <summary>Waits for a condition.</summary>
    /// <returns>How long it took.</returns>
    public static async Task<TimeSpan> TrueAsync(Func<Task<bool>> condition, Func<string>? state = null)
    {
        var elapsed = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(elapsed.Elapsed < Deadline, $"Not within {Deadline}. {state?.Invoke()}");
            await Task.Delay(10);
        }

        return elapsed.Elapsed;
    }
}
