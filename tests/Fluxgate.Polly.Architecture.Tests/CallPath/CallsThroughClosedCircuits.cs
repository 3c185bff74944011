using Microsoft.Extensions.Time.Testing;
using Polly;

namespace Fluxgate;

/// <summary>Calls through closed circuits, for <see cref="InstrumentedLibrary"/>.</summary>
public static class CallsThroughClosedCircuits
{
    public const string TheTrip = "the failure that opens the circuit, with `FailureStreak(1)` and no listener";

    /// <summary>Returns the files that each call enters, by the name of the call.</summary>
    public static Dictionary<string, string[]> Run()
    {
        var count = PipelineOf(new());
        var time = PipelineOf(new() { Window = Window.Time(TimeSpan.FromSeconds(30)) });
        var slow = PipelineOf(new() { Tripper = Tripper.MinRequests(20) & Tripper.SlowRate(0.5, TimeSpan.FromSeconds(1)) });
        var streak = PipelineOf(new() { Tripper = Tripper.FailureStreak(1) });
        var first = Succeed(count);
        var firstOfTime = Succeed(time);
        var firstOfSlow = Succeed(slow);
        return new(StringComparer.Ordinal)
        {
            ["a success"] = Succeed(count),
            ["a failure"] = Fail(count),
            ["the first call, which evaluates the tripper"] = first,
            ["a success in a time window"] = Succeed(time),
            ["a failure in a time window"] = Fail(time),
            ["the first call in a time window"] = firstOfTime,
            ["a success under a slow-call rule"] = Succeed(slow),
            ["a failure under a slow-call rule"] = Fail(slow),
            ["the first call under a slow-call rule, which opens an epoch, sets the timer, and evaluates the tripper"] = firstOfSlow,
            [TheTrip] = Fail(streak),
        };
    }

    private static ResiliencePipeline PipelineOf(FluxgateBreakerSettings settings) =>
        new ResiliencePipelineBuilder().AddFluxgateBreaker(new FluxgateBreaker("payments", settings, new FakeTimeProvider())).Build();

    private static string[] Succeed(ResiliencePipeline pipeline) => EnteredFiles.Of(() => pipeline.Execute(static () => { }));

    private static string[] Fail(ResiliencePipeline pipeline) =>
        EnteredFiles.Of(() =>
            Record.Exception(() => pipeline.Execute(static () => throw new InvalidOperationException("The dependency failed.")))
        );
}
