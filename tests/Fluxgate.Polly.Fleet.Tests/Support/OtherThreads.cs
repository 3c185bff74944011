using System.Diagnostics;

namespace Fluxgate;

/// <summary>
/// Waits for the thread pool, so that virtual time does not run ahead of members on a busy machine. Tests that use it are in the collection <see cref="OtherThreads"/>: no other test
/// uses the thread pool then.
/// </summary>
[CollectionDefinition(nameof(OtherThreads), DisableParallelization = true)]
public sealed class OtherThreads
{
    /// <summary>How long a turn takes at most where nobody can say that it has ended, such as one whose store hangs.</summary>
    internal static readonly TimeSpan LongestTurn = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan LongestKnownTurn = TimeSpan.FromSeconds(10);

    private const int QuietLooks = 3;

    /// <summary>Repeats an action until a condition holds. Before each look, the threads of the pool do what is queued.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="each">Runs while it does not hold.</param>
    /// <param name="isIdle">Whether nothing happens until time passes. By default, the threads of the pool say so.</param>
    /// <param name="longest">How long to wait for them each time. By default, 50 ms, and 10 s for <paramref name="isIdle"/>.</param>
    internal static async Task UntilAsync(Func<bool> condition, Action? each = null, Func<bool>? isIdle = null, TimeSpan? longest = null)
    {
        var begin = Stopwatch.GetTimestamp();
        await FinishAsync(isIdle, longest);
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(begin) < FleetWorld.Deadline, "The condition does not hold within 30 s.");
            each?.Invoke();
            await FinishAsync(isIdle, longest);
        }
    }

    /// <summary>Waits until the threads of the pool have nothing to do.</summary>
    internal static async Task FinishAsync(Func<bool>? isIdle = null, TimeSpan? longest = null)
    {
        var limit = longest ?? (isIdle is null ? LongestTurn : LongestKnownTurn);
        var begin = Stopwatch.GetTimestamp();
        var before = -1L;
        for (var quiet = 0; quiet < QuietLooks && Stopwatch.GetElapsedTime(begin) < limit; )
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
