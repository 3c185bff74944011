using Polly;

namespace Fluxgate;

/// <summary>The circuit of most trap tests: two failures in a row open it for five seconds, like Polly's beside it.</summary>
internal static class TwoFailures
{
    public static readonly TimeSpan Break = TimeSpan.FromSeconds(5);

    public static FluxgateBreakerSettings Settings(Permit? permit = null, Recovery? recovery = null) =>
        new()
        {
            Tripper = Tripper.FailureStreak(2),
            BreakDuration = BreakDuration.Fixed(Break),
            Permit = permit ?? Permit.All,
            Recovery = recovery ?? Recovery.AfterProbes(1),
        };

    public static World World(Permit? permit = null, Recovery? recovery = null) => new(Settings(permit, recovery));

    /// <summary>Fails twice and waits until the next call is a probe.</summary>
    public static void AwaitProbe(this World world)
    {
        world.Fail(2);
        Assert.Equal(BreakerState.Open, world.State);
        world.Time.Advance(Break);
    }

    /// <summary>Returns calls through a pipeline around the breaker of the world.</summary>
    public static PipelineCalls Calls(this World world, FluxgateBreakerOptions<string>? options = null)
    {
        options ??= new();
        options.Breaker = world.Breaker;
        return new(new ResiliencePipelineBuilder<string>().AddFluxgateBreaker(options).Build());
    }
}
