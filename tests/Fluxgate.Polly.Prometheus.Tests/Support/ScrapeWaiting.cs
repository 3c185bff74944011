using System.Diagnostics;

namespace Fluxgate;

/// <summary>Waits for other threads, with a deadline that only prevents hanging.</summary>
internal static class ScrapeWaiting
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        var waited = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(waited.Elapsed < Deadline, $"Not reached in time: {what}");
            await Task.Yield();
        }
    }
}
