using System.Diagnostics;
using QuickStart;

namespace Fluxgate;

/// <summary>The input of the views of the sample, with a circuit that the test controls.</summary>
internal sealed class QuickStartStage : IDisposable
{
    public const string Url = "http://localhost:9464/metrics";

    private readonly FluxgateBreaker _breaker;

    public QuickStartStage()
    {
        var clock = Stopwatch.StartNew();
        var transitions = new TransitionLog(clock);
        _breaker = new(
            "payments",
            new()
            {
                Tripper = Tripper.FailureStreak(3) | (Tripper.MinRequests(20) & Tripper.SlowRate(0.5, TimeSpan.FromMinutes(10))),
                BreakDuration = BreakDuration.Fixed(TimeSpan.FromHours(1)),
                Recovery = Recovery.AfterProbes(1),
                Listeners = { transitions.Write },
            }
        );
        Demo = new(_breaker, transitions, new(repeats: false, new(Behavior.Slow, 100_000), new(Behavior.Healthy, 1)), clock, Url);
    }

    public Demo Demo { get; }

    public FluxgateBreaker Breaker => _breaker;

    public void Call(Verdict verdict, int times)
    {
        for (var i = 0; i < times; i++)
        {
            if (_breaker.TryAdmit(out var admission))
            {
                _breaker.Settle(admission, verdict);
            }
        }
    }

    public void Dispose() => _breaker.Dispose();
}
