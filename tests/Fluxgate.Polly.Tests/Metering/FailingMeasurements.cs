using System.Diagnostics.Metrics;
using Polly;

namespace Fluxgate;

/// <summary>Rule 8: a MeterListener is user code, which .NET runs during a call.</summary>
[Collection("Meters")]
public sealed class FailingMeasurements : IDisposable
{
    private readonly BreakerMeter _meter = new();
    private readonly MeterListener _listener = new();

    public FailingMeasurements()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument, _meter.Durations))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((_, _, _, _) => throw new InvalidOperationException("no room"));
        _listener.Start();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public async Task A_call_gets_its_own_outcome_and_the_error_is_reported()
    {
        var world = World(new());
        var pipeline = new ResiliencePipelineBuilder<int>().AddFluxgateBreaker(world.Breaker).Build();

        Assert.Equal(42, await pipeline.ExecuteAsync(_ => new ValueTask<int>(42)));

        Assert.Equal((1, 1), (world.Now.Successes, world.Now.UserErrors(UserErrorSource.Listener)));
        var notice = Assert.Single(world.Notices.OfType<UserErrorNotice>());
        Assert.Equal((UserErrorSource.Listener, "no room"), (notice.Source, notice.Error.Message));
    }

    [Fact]
    public void The_circuit_opens_although_a_meter_listener_throws()
    {
        var world = World(new() { Tripper = Tripper.FailureStreak(3) });

        world.Fail(3);

        Assert.Equal(BreakerState.Open, world.State);
    }

    [Fact]
    public void The_circuit_closes_although_a_meter_listener_throws()
    {
        var world = World(
            new()
            {
                InitialState = BreakerState.HalfOpen,
                Permit = Permit.All,
                Recovery = Recovery.AfterProbes(2),
            }
        );

        world.Succeed(2);

        Assert.Equal(BreakerState.Closed, world.State);
    }

    [Fact]
    public void An_expired_lease_does_not_affect_other_calls()
    {
        var world = World(new() { InitialState = BreakerState.HalfOpen, Permit = Permit.All });
        world.Begin();
        world.Wait(31);

        world.Succeed();

        Assert.Equal((1, 1), (world.Now.Failures, world.Now.Successes));
    }

    private World World(FluxgateBreakerSettings settings)
    {
        settings.Listeners.Add(new MeteringListener(_meter));
        return new(settings);
    }
}
