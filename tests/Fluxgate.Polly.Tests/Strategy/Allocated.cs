namespace Fluxgate;

/// <summary>Bytes that the current thread allocates for one call, once everything is warm.</summary>
internal static class Allocated
{
    private const int WarmUp = 2_000;
    private const int Calls = 500;
    private const int Rounds = 20;

    /// <summary>The least of several rounds: what a call costs is in every round, what the runtime does meanwhile is not.</summary>
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
