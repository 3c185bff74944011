using Polly;

namespace Fluxgate;

/// <summary>Verdicts on outcomes of one result type.</summary>
internal interface IVerdicts<TResult>
{
    /// <summary>Whether no predicate needs to be awaited.</summary>
    bool IsSynchronous { get; }

    bool HasHint { get; }

    Verdict On(in Outcome<TResult> outcome, ResilienceContext context);

    /// <summary>How long to break if this failure opens the circuit; 0 for what is configured.</summary>
    long BreakTicks(in Outcome<TResult> failure);

    ValueTask<Verdict> OnAsync(Outcome<TResult> outcome, ResilienceContext context);
}
