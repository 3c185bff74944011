namespace Fluxgate;

/// <summary>A sum never includes a call that the number of calls does not: the quotient would open a healthy circuit.</summary>
public sealed class ConcurrentReads
{
    private const int CallsOfEach = 100_000;

    private static readonly TimeSpan Same = TimeSpan.FromMilliseconds(10);
    private static readonly Tripper Slower = Tripper.MinRequests(20) & Tripper.AvgLatency(Same + TimeSpan.FromTicks(1));

    public static TheoryData<string, Window> Windows =>
        new() { { "a count window", Window.Count(1_000_000) }, { "a time window", Window.Time(TimeSpan.FromHours(1)) } };

    [Theory]
    [MemberData(nameof(Windows))]
    public void The_mean_of_equal_durations_never_exceeds_that_duration(string what, Window window)
    {
        var breaker = new FluxgateBreaker(what, new() { Window = window, Tripper = Slower });

        ConcurrentWork.Run(_ =>
        {
            for (var call = 0; call < CallsOfEach; call++)
            {
                Assert.Null(breaker.Settle(breaker.Admit(), Verdict.Success, Same));
            }
        });

        Assert.Equal((ConcurrentWork.Threads * CallsOfEach, BreakerState.Closed), (breaker.Snapshot().Successes, breaker.State));
    }

    [Theory]
    [MemberData(nameof(Windows))]
    public void Failures_never_exceed_calls(string what, Window window)
    {
        var breaker = new FluxgateBreaker(what, new() { Window = window, Tripper = Tripper.MinRequests(1_000_000) & Slower });
        var working = ConcurrentWork.Threads - 1;
        ConcurrentWork.Run(thread =>
        {
            if (thread == 0)
            {
                while (Volatile.Read(ref working) > 0)
                {
                    var now = breaker.Snapshot();
                    Assert.InRange(now.WindowFailures, 0, now.WindowRequests);
                }

                return;
            }

            for (var call = 0; call < CallsOfEach; call++)
            {
                breaker.Settle(breaker.Admit(), Verdict.Failure, TimeSpan.Zero);
            }

            Interlocked.Decrement(ref working);
        });
    }

    [Fact]
    public void A_window_that_a_reconfiguration_keeps_loses_no_slow_call()
    {
        var (one, other) = (Settings(1), Settings(2));
        var breaker = new FluxgateBreaker("payments", one);
        var working = ConcurrentWork.Threads - 1;
        ConcurrentWork.Run(thread =>
        {
            if (thread == 0)
            {
                while (Volatile.Read(ref working) > 0)
                {
                    breaker.Reconfigure(other);
                    breaker.Reconfigure(one);
                }

                return;
            }

            for (var call = 0; call < 5 * CallsOfEach; call++)
            {
                breaker.Settle(breaker.Admit(), Verdict.Success, TimeSpan.FromSeconds(3));
            }

            Interlocked.Decrement(ref working);
        });

        var slow = Assert.Single(breaker.Snapshot().SlowCalls);
        Assert.Equal((1, (ConcurrentWork.Threads - 1) * 5 * CallsOfEach), (slow.Rate, slow.Total));

        static FluxgateBreakerSettings Settings(int probes) =>
            new()
            {
                Window = Window.Time(TimeSpan.FromHours(1)),
                Tripper = Tripper.MinRequests(int.MaxValue) & Tripper.SlowRate(1, TimeSpan.FromSeconds(2)),
                Recovery = Recovery.AfterProbes(probes),
            };
    }
}
