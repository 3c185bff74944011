using System.Threading.Tasks.Sources;
using Polly;

namespace Fluxgate;

/// <summary>A call whose callback suspends, as callbacks with real dependencies do.</summary>
internal sealed class Suspending : IValueTaskSource<Outcome<int>>
{
    private readonly ResilienceContext _context = ResilienceContextPool.Shared.Get();
    private ManualResetValueTaskSourceCore<Outcome<int>> _source;

    public static Sample Compare(Effort effort)
    {
        var (polly, fluxgate) = (Pipelines.Polly(), Pipelines.Fluxgate());
        var (theirs, ours, none) = (new Suspending(), new Suspending(), new Suspending());
        var sample = Timed.Compare(effort, () => theirs.Call(polly), () => ours.Call(fluxgate));
        var empty = Timed.AllocatedBy(() => none.Call(ResiliencePipeline<int>.Empty));
        return sample with { TheirBytes = sample.TheirBytes - empty, OurBytes = sample.OurBytes - empty };
    }

    private void Call(ResiliencePipeline<int> pipeline)
    {
        var call = pipeline.ExecuteOutcomeAsync(static (_, state) => state.Start(), _context, this);
        _source.SetResult(Outcome.FromResult(1));
        call.GetAwaiter().GetResult();
    }

    private ValueTask<Outcome<int>> Start()
    {
        _source.Reset();
        return new(this, _source.Version);
    }

    public Outcome<int> GetResult(short token) => _source.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
