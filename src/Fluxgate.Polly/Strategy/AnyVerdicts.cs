using Polly;

namespace Fluxgate;

/// <summary>Verdicts in a pipeline of any result type: results are boxed only where a predicate looks at them.</summary>
internal readonly struct AnyVerdicts<TResult>(OutcomeClassifier<object> classifier) : IVerdicts<TResult>
{
    public bool IsSynchronous => classifier.IsSynchronous;

    public bool HasHint => classifier.HasHint;

    public long BreakTicks(in Outcome<TResult> failure) => classifier.BreakTicks(Boxed(failure));

    public Verdict On(in Outcome<TResult> outcome, ResilienceContext context) =>
        classifier.NeedsNoBox ? classifier.VerdictWithoutBox(outcome, context) : classifier.VerdictOn(Boxed(outcome), context);

    public ValueTask<Verdict> OnAsync(Outcome<TResult> outcome, ResilienceContext context) =>
        classifier.VerdictOnAsync(Boxed(outcome), context);

    private static Outcome<object> Boxed(in Outcome<TResult> outcome) =>
        outcome.Exception is { } exception ? Outcome.FromException<object>(exception) : Outcome.FromResult<object>(outcome.Result!);
}
