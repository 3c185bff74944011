using System.Diagnostics;

namespace Fluxgate;

/// <summary>
/// Times two rivals in turn, a few milliseconds each: what disturbs one on a shared machine disturbs the other, and the median of their ratios
/// holds where the times do not.
/// </summary>
internal static class Timed
{
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(3);

    /// <summary>Compares the time of two actions in nanoseconds.</summary>
    /// <param name="effort">How long to measure.</param>
    /// <param name="theirs">The rival.</param>
    /// <param name="ours">Ours.</param>
    /// <param name="calls">How many calls one run of an action makes.</param>
    public static Sample Compare(Effort effort, Action theirs, Action ours, int calls = 1)
    {
        WarmUp(effort, theirs, ours);
        var (theirRuns, ourRuns) = (RunsInASlice(theirs), RunsInASlice(ours));
        return Compare(
            effort,
            () => Time(theirs, theirRuns) / calls,
            () => Time(ours, ourRuns) / calls,
            AllocatedBy(theirs) / calls,
            AllocatedBy(ours) / calls
        );
    }

    /// <summary>Compares two measurements, made in turn.</summary>
    public static Sample Compare(Effort effort, Func<double> theirs, Func<double> ours, double theirBytes, double ourBytes)
    {
        var rounds = Enumerable.Range(0, effort.Rounds).Select(_ => (Theirs: theirs(), Ours: ours())).ToArray();
        return new(
            Median(rounds.Select(round => round.Theirs)),
            Median(rounds.Select(round => round.Ours)),
            Median(rounds.Select(round => round.Ours / round.Theirs)),
            theirBytes,
            ourBytes
        );
    }

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    /// <summary>Returns the bytes that one run allocates.</summary>
    public static double AllocatedBy(Action run)
    {
        const int Runs = 20;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Runs; i++)
        {
            run();
        }

        return (double)(GC.GetAllocatedBytesForCurrentThread() - before) / Runs;
    }

    /// <summary>
    /// Runs both in turn until the runtime has compiled the hot code for the last time. It compiles the code that both share by what it has seen, so
    /// whichever ran first for long would have it to itself.
    /// </summary>
    private static void WarmUp(Effort effort, Action theirs, Action ours)
    {
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < 2 * effort.WarmUp; )
        {
            RunForASlice(theirs);
            RunForASlice(ours);
        }

        static void RunForASlice(Action run)
        {
            for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < Slice; )
            {
                run();
            }
        }
    }

    private static int RunsInASlice(Action run)
    {
        var runs = 1;
        while (Time(run, runs) * runs < Slice.TotalNanoseconds / 2)
        {
            runs *= 2;
        }

        return runs;
    }

    private static double Time(Action run, int runs)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < runs; i++)
        {
            run();
        }

        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / runs;
    }
}
