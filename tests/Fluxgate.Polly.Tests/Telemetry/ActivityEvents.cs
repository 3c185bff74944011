using System.Diagnostics;

namespace Fluxgate;

/// <summary>Rejections and transitions are events on the current Activity of the call.</summary>
public sealed class ActivityEvents : IDisposable
{
    private readonly ActivitySource _source = new($"test {Guid.NewGuid()}");
    private readonly ObservedCircuit _circuit = new(ObservedCircuit.Settings);
    private readonly ActivityListener _listener;
    private ActivitySamplingResult _sampling = ActivitySamplingResult.AllData;

    public ActivityEvents()
    {
        _listener = new()
        {
            ShouldListenTo = source => ReferenceEquals(source, _source),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => _sampling,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _source.Dispose();
    }

    [Fact]
    public async Task A_transition_is_an_event_with_circuit_states_and_reason()
    {
        var activity = await Traced(async () =>
        {
            await _circuit.Fail();
            await _circuit.Fail();
            _circuit.World.Wait(10);
            await _circuit.Succeed();
            await _circuit.Succeed();
        });

        Assert.Equal(
            [
                "fluxgate.transition circuit_name=payments, old_state=closed, new_state=open, reason=FailureStreak 2 >= 2",
                "fluxgate.transition circuit_name=payments, old_state=open, new_state=half_open, reason=the break of 10s is over",
                "fluxgate.transition circuit_name=payments, old_state=half_open, new_state=closed, reason=2 of 2 probes succeeded",
            ],
            Lines(activity)
        );
    }

    [Fact]
    public async Task A_rejection_is_an_event_with_circuit_state_reason_and_RetryAfter()
    {
        await _circuit.Fail();
        await _circuit.Fail();
        _circuit.World.Wait(7.5);

        var activity = await Traced(() => _circuit.Succeed());

        Assert.Equal(
            ["fluxgate.rejected circuit_name=payments, state=open, reason=FailureStreak 2 >= 2, retry_after_seconds=2.5"],
            Lines(activity)
        );
    }

    [Fact]
    public async Task A_rejection_without_RetryAfter_has_no_such_tag()
    {
        _circuit.World.Breaker.ForceOpen("game day");

        var activity = await Traced(() => _circuit.Succeed());

        Assert.Equal(["fluxgate.rejected circuit_name=payments, state=forced_open, reason=game day"], Lines(activity));
    }

    [Fact]
    public async Task A_call_that_reopens_and_is_rejected_has_both_events_in_order()
    {
        var settings = ObservedCircuit.Settings;
        settings.Permit = Permit.MaxConcurrent(1);
        settings.Tripper = Tripper.Closed & Tripper.FailureStreak(2);
        settings.Recovery = Recovery.AfterProbes(1);
        var circuit = new ObservedCircuit(settings);
        circuit.World.Breaker.Probe();
        circuit.World.Begin();
        circuit.World.Wait(30);

        var activity = await Traced(() => circuit.Succeed());

        Assert.Equal(["fluxgate.transition", "fluxgate.rejected"], activity.Events.Select(traced => traced.Name));
    }

    [Fact]
    public async Task Admitted_calls_without_a_transition_add_no_event()
    {
        var activity = await Traced(async () =>
        {
            await _circuit.Succeed();
            await _circuit.Fail();
        });

        Assert.Empty(activity.Events);
    }

    [Fact]
    public async Task Manual_and_timed_transitions_add_no_event()
    {
        var settings = ObservedCircuit.Settings;
        settings.ProbeWithoutTraffic = true;
        var circuit = new ObservedCircuit(settings);

        var activity = await Traced(() =>
        {
            circuit.World.Breaker.Trip();
            circuit.World.Wait(10);
            return Task.CompletedTask;
        });

        Assert.Equal(2, circuit.World.Signals.Count);
        Assert.Empty(activity.Events);
    }

    [Fact]
    public async Task An_activity_that_requests_no_data_gets_no_event()
    {
        _sampling = ActivitySamplingResult.PropagationData;

        var activity = await Traced(async () =>
        {
            await _circuit.Fail();
            await _circuit.Fail();
            await _circuit.Succeed();
        });

        Assert.Equal((BreakerState.Open, 1L), (_circuit.World.State, _circuit.World.Now.Rejected));
        Assert.False(activity.IsAllDataRequested);
        Assert.Empty(activity.Events);
    }

    [Fact]
    public async Task Without_an_activity_transitions_and_rejections_are_unchanged()
    {
        Assert.Null(Activity.Current);

        await _circuit.Fail();
        await _circuit.Fail();

        Assert.IsType<CallNotPermittedException>((await _circuit.Succeed()).Exception);
        Assert.Null(Activity.Current);
    }

    [Fact]
    public async Task Each_call_adds_events_to_its_own_activity()
    {
        await _circuit.Fail();
        var first = await Traced(() => _circuit.Fail());
        var second = await Traced(() => _circuit.Succeed());

        Assert.Equal("fluxgate.transition", Assert.Single(first.Events).Name);
        Assert.Equal("fluxgate.rejected", Assert.Single(second.Events).Name);
    }

    [Fact]
    public async Task An_activity_gets_its_event_although_telemetry_throws()
    {
        var circuit = new ObservedCircuit(ObservedCircuit.Settings, new(new InvalidOperationException("no disk")));

        var activity = await Traced(async () =>
        {
            await circuit.Fail();
            await circuit.Fail();
        });

        Assert.Equal("fluxgate.transition", Assert.Single(activity.Events).Name);
        Assert.Equal("Fluxgate.OnOpened", Assert.Single(circuit.Received.Events).Name);
    }

    private static IEnumerable<string> Lines(Activity activity) =>
        activity.Events.Select(traced =>
            $"{traced.Name} {string.Join(", ", traced.Tags.Where(tag => tag.Value is not null).Select(tag => FormattableString.Invariant($"{tag.Key}={tag.Value}")))}"
        );

    private async Task<Activity> Traced(Func<Task> calls)
    {
        using var activity = _source.StartActivity("call");
        Assert.NotNull(activity);
        await calls();
        return activity;
    }
}
