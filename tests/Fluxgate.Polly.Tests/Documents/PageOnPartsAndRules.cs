namespace Fluxgate;

/// <summary>The code of docs/parts-and-rules.md.</summary>
public sealed class PageOnPartsAndRules
{
    [Fact]
    public void A_custom_tripper_opens_the_circuit()
    {
        var world = new World(new() { Tripper = new FailuresAtLeast(2) });
        world.Fail();
        Assert.Equal(BreakerState.Closed, world.State);
        world.Fail();
        Assert.Equal(BreakerState.Open, world.State);
        Assert.Equal("FailuresAtLeast(2)", world.Now.Reason.Text);
    }

    [Fact]
    public void Rules_parsed_from_text_format_to_the_same_text()
    {
        // csharpier-ignore-start
        #region docs/parts-and-rules.md: Rules as text
        var settings = new FluxgateBreakerSettings
        {
            Window        = Window.Parse("Time(60s)"),
            Tripper       = Tripper.Parse("FailureStreak(5) | (MinRequests(20) & (FailureRate(50%) | SlowRate(30%, 1s)))"),
            BreakDuration = BreakDuration.Parse("Backoff(10s, x2, max 10m, jitter 10%)"),
            Permit        = Permit.Parse("RampUp(10% -> 100%, 60s) & MaxConcurrent(5)"),
            Recovery      = Recovery.Parse("AfterProbes(10)"),
        };
        #endregion
        // csharpier-ignore-end

        Assert.Equal("FailureStreak(5) | MinRequests(20) & (FailureRate(50%) | SlowRate(30%, 1s))", settings.Tripper.ToString());
        var world = new World(settings);
        world.Fail(5);
        Assert.Equal(BreakerState.Open, world.State);
    }

    [Fact]
    public async Task A_response_in_parts_is_judged_by_its_longest_wait()
    {
        var world = new World(new() { Tripper = Tripper.MinRequests(9) & Tripper.SlowRate(1, TimeSpan.FromSeconds(1)) });
        var breaker = world.Breaker;
        var messages = Messages();
        void Handle(int message) => world.Wait(100 + message);

        await CallAsync();

        Assert.Equal((1, 0L), (world.Now.Successes, world.Now.SlowCalls[0].Total));

        async Task CallAsync()
        {
            #region docs/parts-and-rules.md: Responses in parts
            using var call = breaker.Admit();
            await foreach (var message in messages)
            {
                call.Progress();
                call.Pause();
                Handle(message);
                call.Resume();
            }

            call.Settle(Verdict.Success);
            #endregion
        }

        async IAsyncEnumerable<int> Messages()
        {
            for (var message = 0; message < 5; message++)
            {
                world.Wait(0.5);
                yield return message;
                await Task.CompletedTask;
            }
        }
    }

    [Fact]
    public void A_probe_gate_keeps_the_circuit_open_during_maintenance()
    {
        var clock = new VirtualTime();
        var windowEnds = clock.GetUtcNow() + TimeSpan.FromSeconds(100);
        #region docs/parts-and-rules.md: Probe gate
        // No probing during a maintenance window.
        var settings = new FluxgateBreakerSettings
        {
            ProbeGate = circuit => windowEnds > clock.GetUtcNow() ? TimeSpan.FromSeconds(30) : null,
        };
        #endregion
        settings.ProbeWithoutTraffic = true;
        using var breaker = new FluxgateBreaker("payments", settings, clock);
        breaker.Trip();

        clock.Advance(TimeSpan.FromSeconds(119.9));
        Assert.Equal(BreakerState.Open, breaker.State);
        clock.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal(BreakerState.HalfOpen, breaker.State);
    }

    [Fact]
    public void A_live_breaker_is_reconfigured()
    {
        using var breaker = new FluxgateBreaker("payments");
        #region docs/parts-and-rules.md: Changing a live breaker
        var settings = breaker.CopySettings();
        settings.Tripper = Tripper.FailureStreak(3);
        var changes = breaker.Reconfigure(settings);
        #endregion

        Assert.Equal(["Tripper: MinRequests(100) & FailureRate(50%) -> FailureStreak(3)"], changes);
    }

    // csharpier-ignore-start
#pragma warning disable IDE0040
    #region docs/parts-and-rules.md: Custom parts
    sealed class FailuresAtLeast(int number) : Tripper
    {
        public override bool Fires(in TripperContext context) => context.Failures >= context.AtMost(number);
        public override string ToString() => $"FailuresAtLeast({number})";
    }
    #endregion
#pragma warning restore IDE0040
    // csharpier-ignore-end
}
