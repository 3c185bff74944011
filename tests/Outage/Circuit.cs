using Fluxgate;
using Polly;

namespace Outage;

/// <summary>A breaker in a pipeline, and a caller that counts what came of its calls.</summary>
internal sealed class Circuit : IAsyncDisposable
{
    /// <summary>How long a call takes whose duration is of no interest.</summary>
    private static readonly TimeSpan Usual = TimeSpan.FromMilliseconds(3);

    private readonly CallersClock _clock = new();
    private readonly ResiliencePipeline _pipeline;

    public Circuit(string name, FluxgateBreakerSettings settings)
    {
        CallCounts = new(_clock, settings.InitialState);
        settings.Listeners.Add(new PrometheusListener());
        settings.Listeners.Add(CallCounts);
        Breaker = new(name, settings, _clock);
        _pipeline = new ResiliencePipelineBuilder()
            .AddFluxgateBreaker(
                new FluxgateBreakerOptions
                {
                    Breaker = Breaker,
                    ShouldHandle = args =>
                        args.Outcome.Exception is FormatException
                            ? throw new InvalidOperationException("This predicate has a mistake.")
                            : new(args.Outcome.Exception is not null),
                }
            )
            .Build();
    }

    public CallCounts CallCounts { get; }

    public FluxgateBreaker Breaker { get; }

    /// <summary>What each leaf of its rule compares with.</summary>
    public required IReadOnlyDictionary<string, double> Thresholds { get; init; }

    /// <summary>From when on its rule takes a call as slow.</summary>
    public TimeSpan? Slow { get; init; }

    public void Succeed(int times) => Repeat(times, () => Succeed(Usual));

    public void Succeed(TimeSpan duration) => Execute(duration, error: null, Verdict.Success);

    public void Fail(int times) =>
        Repeat(times, () => Execute(Usual, new HttpRequestException("The dependency is down."), Verdict.Failure));

    /// <summary>Calls whose outcome the breaker's own predicate cannot judge.</summary>
    public void Confuse(int times) => Repeat(times, () => Execute(Usual, new FormatException("Neither good nor bad."), Verdict.Ignored));

    /// <summary>A call without a pipeline, which the caller settles when it likes, or never.</summary>
    public (Call Call, Admission Admission) Begin() =>
        Breaker.TryAdmit(out var admission)
            ? (CallCounts.Begin(), admission)
            : throw new InvalidOperationException($"{Breaker.Name} lets nothing in.");

    /// <summary>Comes back when the phase that let it in is long over: it counts, and decides nothing.</summary>
    public void SucceedLate((Call Call, Admission Admission) late)
    {
        Breaker.Settle(late.Admission, Verdict.Success);
        CallCounts.EndLate(late.Call, Verdict.Success);
    }

    /// <summary>Lets time pass until the next call is a probe.</summary>
    public void WaitForTheBreak() => _clock.Pass(Circuits.Break);

    public ValueTask DisposeAsync() => Breaker.DisposeAsync();

    private static void Repeat(int times, Action act)
    {
        for (var i = 0; i < times; i++)
        {
            act();
        }
    }

    private void Execute(TimeSpan duration, Exception? error, Verdict verdict)
    {
        Call? call = null;
        try
        {
            _pipeline.Execute(() =>
            {
                call = CallCounts.Begin();
                _clock.Pass(duration);
                if (error is not null)
                {
                    throw error;
                }
            });
        }
        catch (CallNotPermittedException rejection)
        {
            CallCounts.Reject(rejection.State);
        }
        catch (Exception thrown) when (ReferenceEquals(thrown, error))
        {
            // As the dependency said.
        }

        if (call is not null)
        {
            CallCounts.End(call, verdict);
        }
    }
}
