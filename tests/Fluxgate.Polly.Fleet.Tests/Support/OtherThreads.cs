using System.Diagnostics;

namespace Fluxgate;

/// <summary>
/// Waits for the thread pool, so that virtual time does not run ahead of members on a busy machine. Tests that use it are in the collection <see cref="OtherThreads"/>: no other test
/// uses the thread pool then.
/// </summary>
[CollectionDefinition(nameof(OtherThreads), DisableParallelization = true)]
public sealed class OtherThreads
{
    private static readonly TimeSpan LongestTurn = TimeSpan.FromMilliseconds(50);

    private const int QuietLooks = 3;

    /// <summary>Repeats an action until a condition holds. Before each look, the threads of the pool do what is queued.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="each">Runs while it does not hold.</param>
    /// <param name="isIdle">Whether nothing happens until time passes. By default, the threads of the pool say so.</param>
    internal static async Task UntilAsync(Func<bool> condition, Action? each = null, Func<bool>? isIdle = null)
    {
        var begin = Stopwatch.GetTimestamp();
        await FinishAsync(isIdle);
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(begin) < FleetWorld.Deadline, "The condition does not hold within 30 s.");
            each?.Invoke();
            await FinishAsync(isIdle);
        }
    }

    /// <summary>Waits until the threads of the pool have nothing to do.</summary>
    internal static async Task FinishAsync(Func<bool>? isIdle = null)
    {
        var begin = Stopwatch.GetTimestamp();
        var before = -1L;
        for (var quiet = 0; quiet < QuietLooks && Stopwatch.GetElapsedTime(begin) < LongestTurn; )
        {
            if (isIdle is not null && isIdle())
            {
                return;
            }

            await Task.Run(static () => { });
            await Task.Yield();

            // The item above is one that has been completed since.
            var completed = ThreadPool.CompletedWorkItemCount;
            quiet = isIdle is null && ThreadPool.PendingWorkItemCount == 0 && completed - before <= 1 ? quiet + 1 : 0;
            before = completed;
        }
    }
}
