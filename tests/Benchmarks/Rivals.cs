using System.Diagnostics;
using System.Globalization;

namespace Fluxgate;

/// <summary>
/// Runs rivals in turn, a few milliseconds each, hundreds of times: on a machine that others use too, what disturbs one disturbs the other,
/// and the median of their ratios stands where the times do not.
/// </summary>
internal sealed class Rivals(string title)
{
    private const int Rounds = 200;
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(3);

    private readonly List<(string Name, Action Run)> _rivals = [];

    /// <summary>Adds one; the first is what the others are compared with.</summary>
    public Rivals Add(string name, Action run)
    {
        _rivals.Add((name, run));
        return this;
    }

    public void Compare()
    {
        int[] runs = [.. _rivals.Select(rival => RunsASlice(rival.Run))];
        var times = new double[_rivals.Count, Rounds];
        for (var round = 0; round < Rounds; round++)
        {
            for (var rival = 0; rival < runs.Length; rival++)
            {
                times[rival, round] = Time(_rivals[rival].Run, runs[rival]).TotalNanoseconds / runs[rival];
            }
        }

        Console.WriteLine($"\n| {title} | median | ratio | middle half of the ratios | allocated |\n|---|---|---|---|---|");
        for (var rival = 0; rival < runs.Length; rival++)
        {
            double[] own = [.. Enumerable.Range(0, Rounds).Select(round => times[rival, round]).Order()];
            double[] ratios = [.. Enumerable.Range(0, Rounds).Select(round => times[rival, round] / times[0, round]).Order()];
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {_rivals[rival].Name} | {own[Rounds / 2]:N0} ns | {ratios[Rounds / 2]:0.00} | {ratios[Rounds / 4]:0.00}–{ratios[Rounds * 3 / 4]:0.00} | {AllocatedBy(_rivals[rival].Run):N0} B |"
                )
            );
        }
    }

    private static int RunsASlice(Action run)
    {
        // Long enough for the runtime to have compiled what is hot for good.
        var warm = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(warm) < TimeSpan.FromMilliseconds(700))
        {
            run();
        }

        var runs = 1;
        while (Time(run, runs) < Slice / 2)
        {
            runs *= 2;
        }

        return runs;
    }

    private static TimeSpan Time(Action run, int runs)
    {
        var begin = Stopwatch.GetTimestamp();
        for (var i = 0; i < runs; i++)
        {
            run();
        }

        return Stopwatch.GetElapsedTime(begin);
    }

    private static long AllocatedBy(Action run)
    {
        const int Runs = 10;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Runs; i++)
        {
            run();
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / Runs;
    }
}
