namespace Fluxgate;

/// <summary>Waits for what happens on other threads, at most until the deadline of a test.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    public static async Task Happens(Func<bool> happened)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!happened())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Deadline, "It has not happened.");
            await Task.Yield();
        }
    }
}
