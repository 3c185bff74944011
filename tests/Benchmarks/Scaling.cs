using System.Diagnostics;
using System.Globalization;
using Polly;

namespace Fluxgate;

/// <summary>The throughput of two threads on one pipeline over that of one, run in turn like <see cref="Rivals"/>.</summary>
internal static class Scaling
{
    private const int Rounds = 100;
    private const int Each = 50_000;

    public static void Print()
    {
        Console.WriteLine("\n| two threads on one pipeline | throughput | middle half |\n|---|---|---|");
        (string Name, ResiliencePipeline<int> Pipeline, double[] Scales)[] rivals =
        [
            ("a strategy that passes calls through", Pipelines.PassThrough(), new double[Rounds]),
            ("Polly", Pipelines.Polly(), new double[Rounds]),
            ("Fluxgate", Pipelines.Fluxgate(), new double[Rounds]),
        ];
        for (var round = -5; round < Rounds; round++)
        {
            foreach (var (_, pipeline, scales) in rivals)
            {
                var (one, two) = (Time(pipeline, 1), Time(pipeline, 2));

                // The first ones only warm up.
                scales[Math.Max(round, 0)] = 2 * one / two;
            }
        }

        foreach (var (name, _, scales) in rivals)
        {
            Array.Sort(scales);
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {name} | × {scales[Rounds / 2]:0.00} | {scales[Rounds / 4]:0.00}–{scales[Rounds * 3 / 4]:0.00} |"
                )
            );
        }
    }

    private static double Time(ResiliencePipeline<int> pipeline, int threads)
    {
        var begin = Stopwatch.GetTimestamp();
        Threads.Run(pipeline, threads, Each);
        return Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
    }
}
