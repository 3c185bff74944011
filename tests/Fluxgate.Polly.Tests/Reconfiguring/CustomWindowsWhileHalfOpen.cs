namespace Fluxgate;

/// <summary>A probe that settles while the settings change: the settings in force decide after it is recorded.</summary>
public sealed class CustomWindowsWhileHalfOpen
{
    private World? _world;
    private Action? _whileRecording;
    private Action? _whileReading;

    [Fact]
    public void A_stricter_rule_set_while_a_probe_is_recorded_reopens()
    {
        var world = Probing(Tripper.MinRequests(5) & Tripper.FailureRate(1));
        Reconfigure(Tripper.MinRequests(2) & Tripper.FailureRate(1));

        world.Fail(2);

        Assert.Equal("MinRequests 2 >= 2 & FailureRate 100% >= 100% (2 of 2)", Assert.Single(world.Signals).Reason.Text);
    }

    [Fact]
    public void A_shorter_recovery_set_while_a_probe_is_recorded_closes()
    {
        var world = Probing(HalfOpenWorld.QuietRule, probes: 5);
        Reconfigure(HalfOpenWorld.QuietRule, probes: 2);

        world.Succeed(2);

        Assert.Equal("2 of 2 probes succeeded", Assert.Single(world.Signals).Reason.Text);
    }

    [Fact]
    public void A_probes_break_hint_applies_when_the_new_rule_reopens()
    {
        var world = Probing(Tripper.MinRequests(5) & Tripper.FailureRate(1));
        Reconfigure(Tripper.MinRequests(2) & Tripper.FailureRate(1));
        world.Fail();

        world.Begin().Settle(Verdict.Failure, breakFor: TimeSpan.FromSeconds(7));

        Assert.Equal(TimeSpan.FromSeconds(7), Assert.Single(world.Signals).BreakFor);
    }

    [Fact]
    public void Other_threads_use_the_breaker_while_the_window_is_read()
    {
        var world = Probing(Tripper.MinRequests(5) & Tripper.FailureRate(1));
        var reads = 0;
        void ReadElsewhere()
        {
            reads++;
            var other = Deadline.Start(() => Assert.Equal(1, world.Now.HalfOpenInFlight));
            Assert.True(other.EndsInTime(), "The window is read under a lock.");
            other.End();
        }

        // The window is read under the initial settings, and again under the new ones.
        Reconfigure(
            Tripper.MinRequests(2) & Tripper.FailureRate(1),
            then: () =>
                _whileReading = () =>
                {
                    ReadElsewhere();
                    _whileReading = ReadElsewhere;
                }
        );
        var inFlight = world.Begin();

        world.Fail(2);

        Assert.Equal((BreakerState.Open, 2, 0), (world.State, reads, world.Now.UserErrors(UserErrorSource.Window)));
        inFlight.Settle(Verdict.Ignored);
    }

    private World Probing(Tripper rule, int probes = 5) => _world = HalfOpenWorld.World(Settings(rule, probes, new Noted(this)));

    /// <summary>Reconfigures while the second call is recorded.</summary>
    private void Reconfigure(Tripper rule, int probes = 5, Action? then = null) =>
        _whileRecording = () =>
        {
            _world!.Breaker.Reconfigure(Settings(rule, probes, _world.Breaker.CopySettings().Window));
            then?.Invoke();
        };

    private static FluxgateBreakerSettings Settings(Tripper rule, int probes, Window window) =>
        new()
        {
            Tripper = rule,
            Window = window,
            Permit = Permit.All,
            Recovery = Recovery.AfterProbes(probes),
        };

    private sealed class Noted(CustomWindowsWhileHalfOpen test) : Window
    {
        public override WindowState Start(WindowContext context) => new Sum(test);

        private sealed class Sum(CustomWindowsWhileHalfOpen test) : WindowState
        {
            private CallCounts _sum;

            public override void Record(in CallCounts call)
            {
                _sum += call;
                if (_sum.Requests == 2)
                {
                    Interlocked.Exchange(ref test._whileRecording, null)?.Invoke();
                }
            }

            public override CallCounts Read()
            {
                Interlocked.Exchange(ref test._whileReading, null)?.Invoke();
                return _sum;
            }
        }
    }
}
