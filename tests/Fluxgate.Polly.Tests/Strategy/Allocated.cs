namespace Fluxgate;

/// <summary>Measures the bytes that the current thread allocates for one call after a warm-up.</summary>
internal static class Allocated
{
    private const int WarmUp = 2_000;
    private const int Calls = 500;
    private const int Rounds = 20;

    /// <summary>Returns the least of several rounds, which excludes what the runtime allocates meanwhile.</summary>
    public static double ByACall(Action call)
    {
        Run(call, WarmUp);
        var least = long.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Run(call, Calls);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return (double)least / Calls;
    }

    private static void Run(Action call, int times)
    {
        for (var i = 0; i < times; i++)
        {
            call();
        }
    }
}
