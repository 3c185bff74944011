using Fluxgate;

namespace Outage;

/// <summary>A breaker, and a caller that counts the outcomes of its calls.</summary>
internal sealed class Circuit : IAsyncDisposable
{
    private readonly CallerClock _clock = new();
    private readonly Caller _caller;

    public Circuit(string name, FluxgateBreakerSettings settings)
    {
        CallCounts = new(_clock, settings.InitialState);
        settings.Listeners.Add(new PrometheusListener());
        settings.Listeners.Add(CallCounts);
        Breaker = new(name, settings, _clock);
        _caller = new(
            _clock,
            new FluxgateBreakerOptions
            {
                Breaker = Breaker,
                ShouldHandle = args =>
                    args.Outcome.Exception is FormatException
                        ? throw new InvalidOperationException("The predicate throws.")
                        : new(args.Outcome.Exception is not null),
            }
        );
    }

    public CallCounts CallCounts { get; }

    public FluxgateBreaker Breaker { get; }

    /// <summary>The threshold of each leaf of its rule.</summary>
    public required IReadOnlyDictionary<string, double> Thresholds { get; init; }

    /// <summary>The duration from which its rule counts a call as slow.</summary>
    public TimeSpan? Slow { get; init; }

    /// <summary>
    /// Gets how long the oldest call has been in flight, if its rule has a slow threshold. Measured from the end of the twelfth of the threshold in
    /// which it started.
    /// </summary>
    public TimeSpan? OldestAge
    {
        get
        {
            var twelfth = Slow is { } slow ? ((slow.Ticks - 1) / 12) + 1 : 1;
            return Slow is null || CallCounts.OldestStart is not { } start
                ? null
                : TimeSpan.FromTicks(Math.Max(0, _clock.Passed.Ticks - (((start.Ticks / twelfth) + 1) * twelfth)));
        }
    }

    public void Succeed(int times) => Repeat(times, () => Succeed(Caller.Usual));

    public void Succeed(TimeSpan duration) => Execute(duration, error: null, Verdict.Success);

    public void Fail(int times) =>
        Repeat(times, () => Execute(Caller.Usual, new HttpRequestException("The dependency is down."), Verdict.Failure));

    /// <summary>Makes calls for whose outcome the failure predicate throws.</summary>
    public void FailInPredicate(int times) =>
        Repeat(times, () => Execute(Caller.Usual, new FormatException("The predicate throws for this exception."), Verdict.Ignored));

    /// <summary>Makes a call that its caller cancels after a time.</summary>
    public void Abandon(TimeSpan after)
    {
        using var caller = new CancellationTokenSource();
        var waited = after >= TimeSpan.FromSeconds(5);
        CallCounts.Abandon(waited);
        Execute(after, new OperationCanceledException(), waited ? Verdict.Failure : Verdict.Ignored, caller);
    }

    /// <summary>Begins a call without a pipeline, which the caller settles later or never.</summary>
    public (Call Call, Admission Admission) Begin() =>
        Breaker.TryAdmit(out var admission)
            ? (CallCounts.Begin(), admission)
            : throw new InvalidOperationException($"{Breaker.Name} rejects the call.");

    /// <summary>Settles a call after its phase has ended: it is counted as stale.</summary>
    public void SucceedAsStale((Call Call, Admission Admission) late)
    {
        Breaker.Settle(late.Admission, Verdict.Success);
        CallCounts.EndAsStale(late.Call, Verdict.Success);
    }

    /// <summary>Advances the clock until the next call is a probe.</summary>
    public void WaitForTheBreak() => Wait(Circuits.Break);

    /// <summary>Advances the clock while calls are in flight.</summary>
    public void Wait(TimeSpan time) => _clock.Pass(time);

    public ValueTask DisposeAsync() => Breaker.DisposeAsync();

    private static void Repeat(int times, Action act)
    {
        for (var i = 0; i < times; i++)
        {
            act();
        }
    }

    private void Execute(TimeSpan duration, Exception? error, Verdict verdict, CancellationTokenSource? caller = null) =>
        _caller.Execute(() => CallCounts, duration, error, verdict, caller: caller);
}
