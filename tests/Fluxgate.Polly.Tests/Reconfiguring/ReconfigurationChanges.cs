namespace Fluxgate;

public sealed class ReconfigurationChanges
{
    [Fact]
    public void CopySettings_allows_changing_some_settings_and_keeps_the_others()
    {
        var world = new World(
            new()
            {
                Window = Window.Time(TimeSpan.FromSeconds(30)),
                BreakDuration = BreakDuration.Fixed(TimeSpan.FromSeconds(5)),
                Permit = Permit.MaxConcurrent(1),
                Recovery = Recovery.AfterProbes(1),
                ProbeLease = TimeSpan.FromSeconds(7),
                ProbeWithoutTraffic = true,
                ProbeGate = _ => null,
                Randomizer = () => 0.5,
            }
        );

        Assert.Empty(world.Breaker.Reconfigure(world.Breaker.CopySettings()));
        var settings = world.Breaker.CopySettings();
        settings.Tripper = Tripper.FailureStreak(3);
        Assert.Equal(["Tripper: MinRequests(100) & FailureRate(50%) -> FailureStreak(3)"], world.Breaker.Reconfigure(settings));

        settings.Tripper = Tripper.FailureStreak(9);
        Assert.Equal("FailureStreak(3)", world.Breaker.CopySettings().Tripper.ToString());
    }

    [Fact]
    public void A_notice_lists_each_changed_setting_with_old_and_new_value()
    {
        var world = new World();
        var changes = world.Breaker.Reconfigure(
            new()
            {
                Window = Window.Time(TimeSpan.FromSeconds(30)),
                Tripper = Tripper.FailureStreak(5),
                BreakDuration = BreakDuration.UntilReset,
                Permit = Permit.All,
                Recovery = Recovery.WhenQuiet,
                ProbeLease = TimeSpan.FromMilliseconds(1500),
                ProbeWithoutTraffic = true,
                ProbeGate = _ => null,
                Randomizer = () => 0.5,
            }
        );

        string[] expected =
        [
            "Window: Count(100) -> Time(30s)",
            "Tripper: MinRequests(100) & FailureRate(50%) -> FailureStreak(5)",
            "BreakDuration: Fixed(1m) -> UntilReset",
            "Permit: RampUp(10% -> 100%, 1m) -> All",
            "Recovery: AfterProbes(10) -> WhenQuiet",
            "ProbeLease: 30s -> 1500ms",
            "ProbeWithoutTraffic: False -> True",
            "ProbeGate: replaced",
            "Randomizer: replaced",
        ];
        Assert.Equal(expected, changes);
        var notice = Assert.IsType<ReconfiguredNotice>(Assert.Single(world.Notices));
        Assert.Equal(expected, notice.Changes);
        Assert.Equal(("payments", world.Time.GetUtcNow()), (notice.CircuitName, notice.Timestamp));
    }

    [Fact]
    public void Equivalent_settings_change_nothing_and_raise_no_notice()
    {
        var world = new World(
            new() { Permit = Permit.All & Permit.MaxConcurrent(3), Recovery = Recovery.WhenQuiet & Recovery.AfterProbes(3) }
        );
        Assert.Empty(
            world.Breaker.Reconfigure(
                new()
                {
                    Window = Window.Count(100),
                    Tripper = Tripper.Parse("MinRequests(100) & FailureRate(0.5)"),
                    BreakDuration = BreakDuration.Parse("Fixed(60s)"),
                    Permit = Permit.All & Permit.MaxConcurrent(3),
                    Recovery = Recovery.Parse("WhenQuiet & AfterProbes(3)"),
                    InitialState = BreakerState.ForcedOpen,
                    ListenerQueueCapacity = 1,
                    Listeners = { signal => Assert.Fail($"A listener that was never attached received {signal}.") },
                }
            )
        );
        world.Breaker.Trip();
        Assert.Equal((0, 1), (world.Notices.Count, world.Signals.Count));
    }

    [Fact]
    public void Invalid_settings_throw_and_leave_the_old_ones_in_force()
    {
        FluxgateBreakerSettings[] refused =
        [
            new()
            {
                Tripper = Tripper.MinRequests(11),
                Window = Window.Count(10),
                ProbeWithoutTraffic = true,
            },
            new() { Tripper = Tripper.HalfOpened },
            new() { ProbeLease = TimeSpan.Zero },
            new() { Permit = null! },
        ];
        var world = new World(new() { Tripper = Tripper.FailureStreak(2) });
        world.Fail();
        foreach (var settings in refused)
        {
            var problem = Assert.ThrowsAny<ArgumentException>(() => world.Breaker.Reconfigure(settings));
            Assert.Equal(Assert.ThrowsAny<ArgumentException>(() => new FluxgateBreaker("other", settings)).Message, problem.Message);
        }

        Assert.Equal("settings", Assert.Throws<ArgumentNullException>(() => world.Breaker.Reconfigure(null!)).ParamName);
        Assert.Equal((0, 0, "FailureStreak(2)"), (world.Notices.Count, world.Time.ArmedTimers, world.Now.Rule));
        world.Fail();
        Assert.Equal("FailureStreak 2 >= 2", Assert.Single(world.Signals).Reason.Text);
    }

    [Fact]
    public void Reconfigure_copies_the_settings()
    {
        var settings = new FluxgateBreakerSettings { Tripper = Tripper.FailureStreak(2) };
        var world = new World();
        world.Breaker.Reconfigure(settings);
        settings.Tripper = Tripper.FailureStreak(50);
        world.Fail(2);
        Assert.Equal(BreakerState.Open, world.State);
    }

    [Fact]
    public void Warnings_are_those_of_the_new_rule()
    {
        var world = new World();
        world.Breaker.Reconfigure(new() { Tripper = Tripper.FailureStreak(5) | Tripper.MinRequests(101) });
        Assert.Equal(
            "The branch MinRequests(101) of the rule can never fire while the circuit is closed: MinRequests(101) requires more calls than the window's 100.",
            Assert.Single(world.Breaker.Warnings)
        );
        world.Breaker.Reconfigure(new());
        Assert.Empty(world.Breaker.Warnings);
    }

    [Fact]
    public void A_listener_can_reconfigure_and_all_events_arrive_in_order()
    {
        var events = new Everything();
        var world = new World(new() { Tripper = Tripper.FailureStreak(1), Listeners = { new StricterWhenOpen(), events } });
        world.Fail();
        Assert.Equal(TimeSpan.FromHours(1), world.Now.RetryAfter);
        world.Breaker.Reset();

        Assert.Equal(
            [
                "payments: closed -> open (FailureStreak 1 >= 1)",
                "payments: reconfigured (Tripper: FailureStreak(1) -> FailureStreak(3); BreakDuration: Fixed(1m) -> Fixed(1h))",
                "payments: open -> closed (reset by hand)",
            ],
            events.Received
        );
        Assert.Equal((2, 1), (world.Signals.Count, world.Notices.Count));
    }

    [Fact]
    public void A_disposed_breaker_can_be_reconfigured_without_notice_or_timer()
    {
        var world = new World(new() { Tripper = Tripper.FailureStreak(1) });
        world.Breaker.Dispose();
        world.Breaker.Reconfigure(new() { Tripper = Tripper.FailureStreak(2), ProbeWithoutTraffic = true });
        world.Fail(2);
        Assert.Equal((BreakerState.Open, 0, 0), (world.State, world.Time.ArmedTimers, world.Notices.Count));
        world.Wait(1000);
        Assert.Equal(BreakerState.Open, world.State);
    }

    private sealed class StricterWhenOpen : ICircuitListener
    {
        private FluxgateBreaker? _breaker;

        public void OnAttached(FluxgateBreaker breaker) => _breaker = breaker;

        public void OnSignal(Signal signal) =>
            _breaker!.Reconfigure(new() { Tripper = Tripper.FailureStreak(3), BreakDuration = BreakDuration.Fixed(TimeSpan.FromHours(1)) });
    }

    private sealed class Everything : ICircuitListener
    {
        public List<string> Received { get; } = [];

        public void OnSignal(Signal signal) => Received.Add(signal.ToString());

        public void OnNotice(Notice notice) => Received.Add(notice.ToString()!);
    }
}
