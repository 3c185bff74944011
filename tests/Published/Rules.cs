namespace Fluxgate;

/// <summary>Parts read from text, and custom parts.</summary>
internal static class Rules
{
    public static void AreReadFromText()
    {
        const string rule =
            "FailureStreak(5) | MinRequests(20) & (FailureRate(50%) | SlowRate(30%, 1s) | AvgLatency(2s)) & (Closed | HalfOpened)";
        Check.Equal(rule, Tripper.Parse(rule).ToString(), "a rule as text");
        Check.Equal("Time(1m, 20)", Window.Parse("time(1m, 20)").ToString(), "a window as text");
        Check.Equal("Count(10)", Window.Parse("Count(10)").ToString(), "a count window as text");
        Check.Equal("Fixed(10s, jitter 10%)", BreakDuration.Parse("Fixed(10s, jitter 0.1)").ToString(), "a break duration as text");
        Check.Equal("UntilReset", BreakDuration.Parse("UntilReset").ToString(), "a break until reset as text");
        Check.Equal("None", BreakDuration.Parse("None").ToString(), "no break as text");
        Check.Equal("Random(10%) & MaxConcurrent(3)", Permit.Parse("Random(10%) & MaxConcurrent(3)").ToString(), "a permit as text");
        Check.Equal("AfterProbes(3) & WhenQuiet", Recovery.Parse("AfterProbes(3) & WhenQuiet").ToString(), "a recovery as text");

        Check.That(!Tripper.TryParse("FailureRat(50%)", out _, out var error), "a misspelt rule is rejected");
        Check.That(error!.Contains("Did you mean FailureRate?", StringComparison.Ordinal), "the error of a misspelt rule has a suggestion");
        Check.Throws<FormatException>(() => Permit.Parse("Random(150%)"), "a ratio out of range");
        Check.Throws<ArgumentOutOfRangeException>(() => Tripper.FailureRate(1.5), "a rate above one");
    }

    public static void CanBeCustom()
    {
        var settings = new FluxgateBreakerSettings
        {
            Window = new Ever(),
            Tripper = new FailuresAtLeast(2),
            BreakDuration = new AnHour(),
            Permit = new EveryOther(),
            Recovery = new ThreeInARow(),
        };
        var time = new ManualTime();
        using var breaker = new FluxgateBreaker("custom parts", settings, time);
        breaker.Admit().Settle(Verdict.Failure);
        breaker.Admit().Settle(Verdict.Failure);
        Check.Equal(TimeSpan.FromHours(1), breaker.Snapshot().RetryAfter, "a custom break duration");
        time.Advance(TimeSpan.FromHours(1));
        for (var call = 0; breaker.State != BreakerState.Closed && call < 10; call++)
        {
            if (breaker.TryAdmit(out var probe))
            {
                probe.Settle(Verdict.Success);
            }
        }

        Check.Equal(BreakerState.Closed, breaker.State, "the state after a custom recovery");
    }

    private sealed class Ever : Window
    {
        public override WindowState Start(WindowContext context) => new Sum();

        private sealed class Sum : WindowState
        {
            private readonly object _gate = new();
            private CallCounts _sum;

            public override void Record(in CallCounts call)
            {
                lock (_gate)
                {
                    _sum += call;
                }
            }

            public override CallCounts Read()
            {
                lock (_gate)
                {
                    return _sum;
                }
            }
        }
    }

    private sealed class FailuresAtLeast(int number) : Tripper
    {
        public override bool Fires(in TripperContext context) => context.Failures >= context.AtMost(number);
    }

    private sealed class AnHour : BreakDuration
    {
        public override TimeSpan Next(in BreakDurationContext context) => TimeSpan.FromHours(1);
    }

    private sealed class EveryOther : Permit
    {
        public override bool Admits(in PermitContext context) => context.Attempts % 2 == 0;
    }

    private sealed class ThreeInARow : Recovery
    {
        public override bool IsComplete(in RecoveryContext context) => context.ConsecutiveSuccesses >= 3;
    }
}
