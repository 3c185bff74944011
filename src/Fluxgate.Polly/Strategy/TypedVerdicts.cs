using Polly;

namespace Fluxgate;

/// <summary>Verdicts in a pipeline of one result type.</summary>
internal readonly struct TypedVerdicts<TResult>(Judge<TResult> judge) : IVerdicts<TResult>
{
    public bool IsSynchronous => judge.IsSynchronous;

    public bool HasHint => judge.HasHint;

    public long BreakTicks(in Outcome<TResult> failure) => judge.BreakTicks(failure);

    public Verdict On(in Outcome<TResult> outcome, ResilienceContext context) => judge.VerdictOn(outcome, context);

    public ValueTask<Verdict> OnAsync(Outcome<TResult> outcome, ResilienceContext context) => judge.VerdictOnAsync(outcome, context);
}
