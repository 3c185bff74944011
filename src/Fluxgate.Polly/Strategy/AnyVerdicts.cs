using Polly;

namespace Fluxgate;

/// <summary>Verdicts in a pipeline of any result type: results are boxed only where a predicate looks at them.</summary>
internal readonly struct AnyVerdicts<TResult>(Judge<object> judge) : IVerdicts<TResult>
{
    public bool IsSynchronous => judge.IsSynchronous;

    public bool HasHint => judge.HasHint;

    public long BreakTicks(in Outcome<TResult> failure) => judge.BreakTicks(Boxed(failure));

    public Verdict On(in Outcome<TResult> outcome, ResilienceContext context) =>
        judge.NeedsNoBox ? judge.VerdictWithoutBox(outcome, context) : judge.VerdictOn(Boxed(outcome), context);

    public ValueTask<Verdict> OnAsync(Outcome<TResult> outcome, ResilienceContext context) => judge.VerdictOnAsync(Boxed(outcome), context);

    private static Outcome<object> Boxed(in Outcome<TResult> outcome) =>
        outcome.Exception is { } exception ? Outcome.FromException<object>(exception) : Outcome.FromResult<object>(outcome.Result!);
}
