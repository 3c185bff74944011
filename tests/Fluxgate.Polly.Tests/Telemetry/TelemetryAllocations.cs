using System.Diagnostics;
using Polly;
using Polly.Telemetry;

namespace Fluxgate;

/// <summary>Telemetry allocates on transitions only: a closed circuit allocates nothing for a call, with or without a listener.</summary>
public sealed class TelemetryAllocations
{
    private const int Calls = 500;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_call_through_a_closed_circuit_allocates_nothing(bool listened)
    {
        var telemetry = new CountingTelemetry();
        var pipeline = new ResiliencePipelineBuilder<string> { TelemetryListener = listened ? telemetry : null }
            .AddFluxgateBreaker(new FluxgateBreaker("payments"))
            .Build();
        var context = ResilienceContextPool.Shared.Get();
        using var activity = listened ? new Activity("call").Start() : null;

        Assert.Equal(0, LeastBytes(() => Call(pipeline, context)));
        Assert.Equal((listened, 0), (telemetry.PollysOwn > 0, telemetry.Ours));
    }

    [Fact]
    public void A_transition_allocates_if_a_listener_is_attached()
    {
        var telemetry = new CountingTelemetry();
        var breaker = new FluxgateBreaker("payments", new() { BreakDuration = BreakDuration.None });
        var pipeline = new ResiliencePipelineBuilder<string> { TelemetryListener = telemetry }
            .AddFluxgateBreaker(breaker)
            .Build();
        var context = ResilienceContextPool.Shared.Get();

        var bytes = LeastBytes(() =>
        {
            breaker.Trip();
            Call(pipeline, context);
        });

        Assert.NotEqual(0, bytes);
        Assert.NotEqual(0, telemetry.Ours);
    }

    private static void Call(ResiliencePipeline<string> pipeline, ResilienceContext context)
    {
        var call = pipeline.ExecuteOutcomeAsync(static (_, _) => new ValueTask<Outcome<string>>(Outcome.FromResult("fine")), context, 0);
        if (!call.IsCompletedSuccessfully || call.Result.Exception is not null)
        {
            Assert.Fail("The call did not succeed at once.");
        }
    }

    /// <summary>Returns the least of several rounds, which excludes what the runtime allocates meanwhile.</summary>
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

    private sealed class CountingTelemetry : TelemetryListener
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
