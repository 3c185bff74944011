using Polly;
using Polly.Telemetry;

namespace Fluxgate;

/// <summary>Transitions that calls cause are events of Polly's telemetry, with all properties that a TelemetryListener expects.</summary>
public sealed class TransitionEvents
{
    private readonly ObservedCircuit _circuit = new(ObservedCircuit.Settings);

    private List<RecordedTelemetry.Received> Events => _circuit.Received.Events;

    [Fact]
    public async Task Each_transition_of_a_call_is_one_event_with_its_severity()
    {
        await _circuit.Fail();
        await _circuit.Fail();
        await _circuit.Succeed();
        _circuit.World.Wait(10);
        await _circuit.Succeed();
        await _circuit.Succeed();

        Assert.Equal(
            [
                "Error Fluxgate.OnOpened: payments: closed -> open (FailureStreak 2 >= 2)",
                "Warning Fluxgate.OnHalfOpened: payments: open -> half_open (the break of 10s is over)",
                "Information Fluxgate.OnClosed: payments: half_open -> closed (2 of 2 probes succeeded)",
            ],
            _circuit.Received.Lines
        );
        Assert.Equal(
            [typeof(FluxgateOpenedArguments), typeof(FluxgateHalfOpenedArguments), typeof(FluxgateClosedArguments)],
            Events.Select(received => received.Arguments)
        );
        Assert.Equal(_circuit.World.Signals, Events.Select(received => received.Signal));
    }

    [Fact]
    public async Task An_event_has_operation_key_result_type_and_outcome_of_its_call()
    {
        var error = new IOException("the last straw");
        await _circuit.Fail("first");
        await _circuit.Fail("second", error);
        _circuit.World.Wait(10);
        await _circuit.Succeed("third");
        await _circuit.Succeed("fourth");

        Assert.Equal(
            [
                ("second", typeof(string), (object?)error),
                // The transition comes before the call runs: there is no outcome yet.
                ("third", typeof(object), null),
                ("fourth", typeof(string), "fine"),
            ],
            Events.Select(received => (received.OperationKey!, received.ResultType, received.Outcome))
        );
    }

    [Fact]
    public async Task An_event_has_the_context_object_of_its_call()
    {
        var context = ResilienceContextPool.Shared.Get();

        for (var i = 0; i < 2; i++)
        {
            await _circuit.Pipeline.ExecuteOutcomeAsync(
                static (_, _) => new ValueTask<Outcome<string>>(Outcome.FromException<string>(new IOException())),
                context,
                0
            );
        }

        Assert.Same(context, Assert.Single(Events).Context);
    }

    [Fact]
    public async Task An_event_names_pipeline_instance_and_strategy()
    {
        await _circuit.Fail();
        await _circuit.Fail();

        var source = Assert.Single(Events).Source;
        Assert.Equal(
            ("checkout", "a.example", "payments-strategy"),
            (source.PipelineName, source.PipelineInstanceName, source.StrategyName)
        );
    }

    [Fact]
    public async Task A_rejection_names_the_same_source()
    {
        _circuit.World.Breaker.ForceOpen();

        var rejection = Assert.IsType<CallNotPermittedException>((await _circuit.Succeed()).Exception);

        Assert.Equal(
            ("checkout", "a.example", "payments-strategy"),
            (
                rejection.TelemetrySource?.PipelineName,
                rejection.TelemetrySource?.PipelineInstanceName,
                rejection.TelemetrySource?.StrategyName
            )
        );
    }

    [Fact]
    public async Task Of_pipelines_that_share_a_breaker_the_one_that_called_reports()
    {
        var other = new RecordedTelemetry();
        var numbers = new ResiliencePipelineBuilder { Name = "refund", TelemetryListener = other }
            .AddFluxgateBreaker(_circuit.World.Breaker)
            .Build();

        await _circuit.Fail();
        Assert.Throws<IOException>(() => numbers.Execute<int>(() => throw new IOException()));

        Assert.Empty(Events);
        var received = Assert.Single(other.Events);
        Assert.Equal(("Fluxgate.OnOpened", "refund", typeof(int)), (received.Name, received.Source.PipelineName, received.ResultType));
    }

    [Fact]
    public async Task An_event_of_a_suspended_callback_is_the_same()
    {
        Inline.Continuations();
        var dependency = new TaskCompletionSource<string>();
        await _circuit.Fail();
        var call = _circuit.Pipeline.ExecuteAsync(_ => new ValueTask<string>(dependency.Task)).AsTask();

        dependency.SetException(new IOException());
        await Assert.ThrowsAsync<IOException>(() => Inline.Ended(call));

        var received = Assert.Single(Events);
        Assert.Equal(("Fluxgate.OnOpened", ResilienceEventSeverity.Error), (received.Name, received.Severity));
        Assert.IsType<IOException>(received.Outcome);
    }
}
