using Polly;
using Polly.CircuitBreaker;

namespace Fluxgate;

/// <summary>Compares Polly's breaker and Fluxgate's over long random sequences, under the rule that docs/migrating.md gives for Polly's.</summary>
public sealed class RandomPollyParity
{
    private const int Calls = 2_000;

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    [Theory]
    [InlineData(1, 2, 0.5)]
    [InlineData(2, 3, 1)]
    [InlineData(3, 4, 0.3)]
    [InlineData(4, 10, 0.4)]
    [InlineData(5, 20, 0.25)]
    [InlineData(6, 5, 0.6)]
    public async Task A_rule_with_FailureStreak_1_decides_as_Polly_on_every_call(int seed, int minimum, double ratio)
    {
        var polly = new PollyWorld(options =>
            (options.MinimumThroughput, options.FailureRatio, options.SamplingDuration) = (minimum, ratio, Day)
        );
        var ours = new World(
            new()
            {
                Window = Window.Time(Day),
                Tripper = Tripper.MinRequests(minimum) & Tripper.FailureRate(ratio) & Tripper.FailureStreak(1),
                BreakDuration = BreakDuration.Fixed(TimeSpan.FromSeconds(5)),
                Permit = Permit.MaxConcurrent(1),
                Recovery = Recovery.AfterProbes(1),
            }
        );
        var calls = new PipelineCalls(new ResiliencePipelineBuilder<string>().AddFluxgateBreaker(ours.Breaker).Build());
        var random = new Random(seed);
        var opened = 0;

        for (var call = 0; call < Calls; call++)
        {
            var (fails, waits) = (random.NextDouble() < Math.Min(0.8, ratio * 1.1), random.NextDouble() < 0.3 ? 2.5 : 0);
            var (theirs, own) = (polly.Calls.Begin(), calls.Begin());
            Assert.Equal((call, theirs.IsAdmitted), (call, own.IsAdmitted));
            await EndAsync(theirs, fails);
            await EndAsync(own, fails);

            var state = polly.State;
            Assert.Equal((call, state.ToString()), (call, ours.State.ToString()));
            opened += state == CircuitState.Open ? 1 : 0;
            polly.Wait(waits);
            ours.Wait(waits);
        }

        Assert.InRange(opened, 10, Calls - 10);
    }

    private static Task<Outcome<string>> EndAsync(CallInFlight call, bool fails) => fails ? call.Fail(new IOException()) : call.Succeed();
}
