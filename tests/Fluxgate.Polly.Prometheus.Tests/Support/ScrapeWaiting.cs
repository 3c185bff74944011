using System.Diagnostics;

namespace Fluxgate;

/// <summary>Waits for what other threads do, with a deadline against hanging only.</summary>
internal static class ScrapeWaiting
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        var waited = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(waited.Elapsed < Deadline, $"In vain: {what}");
            await Task.Yield();
        }
    }
}
