using Polly.CircuitBreaker;

namespace Fluxgate;

/// <summary>Differences between Polly's break-duration generator and a break duration of Fluxgate, as docs/migrating.md lists them.</summary>
public sealed class DifferentBreakDurations
{
    [Fact]
    public async Task The_failure_rate_is_in_the_reason()
    {
        var generated = new List<(double Rate, int Failures)>();
        var polly = new PollyWorld(options =>
        {
            (options.FailureRatio, options.MinimumThroughput) = (0.5, 4);
            options.BreakDurationGenerator = arguments =>
            {
                generated.Add((arguments.FailureRate, arguments.FailureCount));
                return new(TimeSpan.FromSeconds(10 * arguments.FailureRate));
            };
        });
        var ours = new World(
            new() { Tripper = Tripper.MinRequests(4) & Tripper.FailureRate(0.5), BreakDuration = new LongerForMoreFailures() }
        );

        await polly.Calls.Succeed();
        ours.Succeed();
        for (var call = 0; call < 3; call++)
        {
            await polly.Calls.Fail();
            ours.Fail();
        }

        Assert.Equal([(0.75, 3)], generated);
        Assert.Equal(TimeSpan.FromSeconds(7.5), (await polly.Rejects()).RetryAfter);
        Assert.Equal(TimeSpan.FromSeconds(7.5), Assert.Single(ours.Signals).BreakFor);
    }

    [Fact]
    public async Task Reopens_is_the_number_of_half_open_attempts()
    {
        var attempts = new List<long>();
        var polly = new PollyWorld(options =>
            options.BreakDurationGenerator = arguments =>
            {
                attempts.Add(arguments.HalfOpenAttempts);
                return new(TimeSpan.FromSeconds(5));
            }
        );
        var noted = new Noted();
        var ours = new World(
            new()
            {
                Tripper = Tripper.FailureStreak(2),
                BreakDuration = noted,
                Recovery = Recovery.AfterProbes(1),
            }
        );

        await polly.Calls.Fail();
        ours.Fail();
        for (var failure = 0; failure < 3; failure++)
        {
            await polly.Calls.Fail();
            ours.Fail();
            polly.Wait(5);
            ours.Wait(5);
        }

        Assert.Equal([0, 1, 2], attempts);
        Assert.Equal(attempts, noted.Reopens);
    }

    [Fact]
    public async Task Isolating_calls_a_generator_and_no_break_duration()
    {
        var (generated, isolatedFor) = (0, TimeSpan.Zero);
        var polly = new PollyWorld(options =>
        {
            options.BreakDurationGenerator = _ => new(TimeSpan.FromSeconds(++generated));
            options.OnOpened = arguments =>
            {
                isolatedFor = arguments.BreakDuration;
                return default;
            };
        });
        var noted = new Noted();
        var ours = new World(new() { BreakDuration = noted });

        await polly.Manual.IsolateAsync();
        ours.Breaker.ForceOpen();

        // Polly reports the break that the generator returns, and isolates the circuit.
        Assert.Equal((CircuitState.Isolated, 1, TimeSpan.FromSeconds(1)), (polly.State, generated, isolatedFor));
        Assert.Empty(noted.Reopens);
        Assert.Null(Assert.Single(ours.Signals).BreakFor);
    }

    [Fact]
    public async Task A_generator_that_returns_zero_breaks_for_60_seconds()
    {
        var polly = new PollyWorld(options => options.BreakDurationGenerator = _ => new(TimeSpan.Zero));
        var ours = new World(new() { Tripper = Tripper.FailureStreak(2), BreakDuration = new NoTime() });
        var none = new World(new() { Tripper = Tripper.FailureStreak(2), BreakDuration = BreakDuration.None });

        await polly.Open();
        ours.Fail(2);
        none.Fail(2);

        Assert.Equal("fine", (await polly.Calls.Succeed()).Result);
        Assert.Equal(TimeSpan.FromSeconds(60), Assert.Single(ours.Signals).BreakFor);
        Assert.Equal(1, ours.Now.UserErrors(UserErrorSource.BreakDuration));
        none.Succeed();
    }

    #region docs/migrating.md: Break durations by failure rate
    public sealed class LongerForMoreFailures : BreakDuration
    {
        public override TimeSpan Next(in BreakDurationContext context)
        {
            var rate = context.Reason.Findings.FirstOrDefault(finding => finding.Rule == "FailureRate")?.Measured;
            return TimeSpan.FromSeconds(10 * (rate ?? 1));
        }
    }
    #endregion

    private sealed class NoTime : BreakDuration
    {
        public override TimeSpan Next(in BreakDurationContext context) => TimeSpan.Zero;
    }

    private sealed class Noted : BreakDuration
    {
        public List<long> Reopens { get; } = [];

        public override TimeSpan Next(in BreakDurationContext context)
        {
            Reopens.Add(context.Reopens);
            return TimeSpan.FromSeconds(5);
        }
    }
}
