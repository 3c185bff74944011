using Polly;

namespace Fluxgate;

/// <summary>Verdicts in a pipeline of one result type.</summary>
internal readonly struct TypedVerdicts<TResult>(OutcomeClassifier<TResult> classifier) : IVerdicts<TResult>
{
    public bool IsSynchronous => classifier.IsSynchronous;

    public bool HasHint => classifier.HasHint;

    public long BreakTicks(in Outcome<TResult> failure) => classifier.BreakTicks(failure);

    public Verdict On(in Outcome<TResult> outcome, ResilienceContext context) => classifier.VerdictOn(outcome, context);

    public ValueTask<Verdict> OnAsync(Outcome<TResult> outcome, ResilienceContext context) => classifier.VerdictOnAsync(outcome, context);
}
