using System.Globalization;
using Polly;

namespace Fluxgate;

/// <summary>What a pipeline with one breaker keeps: the heap with a thousand of them, less the heap without.</summary>
internal static class Memory
{
    private const int Pipelines = 1_000;

    public static void Print()
    {
        Console.WriteLine("\n| a pipeline with a breaker of default settings | it keeps |\n|---|---|");
        Print("Polly", () => new ResiliencePipelineBuilder<int>().AddCircuitBreaker(new()).Build());
        Print("Fluxgate", () => new ResiliencePipelineBuilder<int>().AddFluxgateBreaker().Build());
        Print("Fluxgate, after 20 failures", () => Fluxgate.Pipelines.Failed(Fluxgate.Pipelines.FluxgateOfDefaults(), 20));
        Print("the breaker alone", () => new FluxgateBreaker("payments"));
    }

    private static void Print(string what, Func<object> make)
    {
        // Once beforehand: what the first one makes for all stays.
        var kept = new object[Pipelines];
        kept[0] = make();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < kept.Length; i++)
        {
            kept[i] = make();
        }

        var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / kept.Length;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {bytes:N0} B |"));
        GC.KeepAlive(kept);
    }
}
