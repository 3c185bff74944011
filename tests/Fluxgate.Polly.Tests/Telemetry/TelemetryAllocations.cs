using System.Diagnostics;
using Polly;
using Polly.Telemetry;

namespace Fluxgate;

/// <summary>Who listens for transitions pays at transitions: a closed circuit allocates nothing for a call, listened to or not.</summary>
public sealed class TelemetryAllocations
{
    private const int Calls = 500;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_call_through_a_closed_circuit_allocates_nothing(bool listened)
    {
        var silence = new Silence();
        var pipeline = new ResiliencePipelineBuilder<string> { TelemetryListener = listened ? silence : null }
            .AddFluxgateBreaker(new FluxgateBreaker("payments"))
            .Build();
        var context = ResilienceContextPool.Shared.Get();
        using var activity = listened ? new Activity("call").Start() : null;

        Assert.Equal(0, LeastBytes(() => Call(pipeline, context)));
        Assert.Equal((listened, 0), (silence.PollysOwn > 0, silence.Ours));
    }

    [Fact]
    public void A_transition_allocates_if_a_listener_is_attached()
    {
        var silence = new Silence();
        var breaker = new FluxgateBreaker("payments", new() { BreakDuration = BreakDuration.None });
        var pipeline = new ResiliencePipelineBuilder<string> { TelemetryListener = silence }
            .AddFluxgateBreaker(breaker)
            .Build();
        var context = ResilienceContextPool.Shared.Get();

        var bytes = LeastBytes(() =>
        {
            breaker.Trip();
            Call(pipeline, context);
        });

        Assert.NotEqual(0, bytes);
        Assert.NotEqual(0, silence.Ours);
    }

    private static void Call(ResiliencePipeline<string> pipeline, ResilienceContext context)
    {
        var call = pipeline.ExecuteOutcomeAsync(static (_, _) => new ValueTask<Outcome<string>>(Outcome.FromResult("fine")), context, 0);
        if (!call.IsCompletedSuccessfully || call.Result.Exception is not null)
        {
            Assert.Fail("The call did not succeed at once.");
        }
    }

    /// <summary>The least of several rounds: what a call costs is in each of them, what the runtime does meanwhile is not.</summary>
    private static long LeastBytes(Action call)
    {
        var least = long.MaxValue;
        for (var round = 0; round < 20; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Calls; i++)
            {
                call();
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }

    private sealed class Silence : TelemetryListener
    {
        public int PollysOwn { get; private set; }

        public int Ours { get; private set; }

        public override void Write<TResult, TArgs>(in TelemetryEventArguments<TResult, TArgs> args)
        {
            if (args.Event.EventName.StartsWith("Fluxgate.", StringComparison.Ordinal))
            {
                Ours++;
            }
            else
            {
                PollysOwn++;
            }
        }
    }
}
