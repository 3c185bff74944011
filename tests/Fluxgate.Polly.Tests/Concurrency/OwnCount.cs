namespace Fluxgate;

/// <summary>What one thread did to a breaker, counted independently: the totals are compared with it.</summary>
internal sealed class OwnCount(FluxgateBreaker breaker, int seed)
{
    public static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);

    private readonly Random _random = new(seed);

    public long Successes { get; private set; }

    public long Failures { get; private set; }

    public long Ignored { get; private set; }

    public long Rejected { get; private set; }

    public long SlowCalls { get; private set; }

    public long Signals { get; private set; }

    public long ProbedByHand { get; private set; }

    public static void AssertEqual(IReadOnlyList<OwnCount> counts, BreakerSnapshot now) =>
        Assert.Equal(
            (counts.Sum(c => c.Successes), counts.Sum(c => c.Failures), counts.Sum(c => c.Ignored), counts.Sum(c => c.Rejected)),
            (now.Successes, now.Failures, now.Ignored, now.Rejected)
        );

    public int Next(int below) => _random.Next(below);

    /// <summary>Runs one call with a random verdict and duration.</summary>
    public void Call()
    {
        if (Admit() is { } admission)
        {
            Settle(admission);
        }
    }

    public Admission? Admit()
    {
        if (!breaker.TryAdmit(out var admission))
        {
            Rejected++;
        }

        return admission;
    }

    public void Settle(Admission admission)
    {
        var verdict = (Verdict)_random.Next(3);
        var slow = _random.Next(4) == 0;
        if (admission.Settle(verdict, slow ? Slow : TimeSpan.Zero) is not null)
        {
            Signals++;
        }

        if (admission.State == BreakerState.Disabled)
        {
            return;
        }

        Successes += verdict == Verdict.Success ? 1 : 0;
        Failures += verdict == Verdict.Failure ? 1 : 0;
        Ignored += verdict == Verdict.Ignored ? 1 : 0;
        SlowCalls += slow && verdict != Verdict.Ignored ? 1 : 0;
    }

    /// <summary>Runs one random manual call.</summary>
    public void Command()
    {
        var signal = _random.Next(8) switch
        {
            0 or 1 or 2 => breaker.Reset(),
            3 => breaker.Trip(),
            4 => breaker.Probe(),
            5 => breaker.ForceOpen(),
            6 => breaker.MetricsOnly(),
            _ => breaker.Disable(),
        };
        Signals += signal is null ? 0 : 1;
        ProbedByHand += signal is { OldState: BreakerState.Open, NewState: BreakerState.HalfOpen } ? 1 : 0;
    }
}
