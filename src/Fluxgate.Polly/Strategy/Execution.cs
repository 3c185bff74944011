using System.Runtime.CompilerServices;
using Polly;

namespace Fluxgate;

/// <summary>One call through the breaker: ask the engine, run, classifier, tell the engine. Never throws, and never changes an outcome (rule 11).</summary>
/// <remarks>Synchronous as long as the callback and the predicates are: an async state machine would cost more than the breaker.</remarks>
internal static class Execution
{
    public static ValueTask<Outcome<TResult>> Run<TResult, TState, TVerdicts>(
        PipelineBinding binding,
        TVerdicts verdicts,
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback,
        ResilienceContext context,
        TState state
    )
        where TVerdicts : struct, IVerdicts<TResult>
    {
        if (context.CancellationToken.IsCancellationRequested)
        {
            return new(Outcome.FromException<TResult>(new OperationCanceledException(context.CancellationToken)));
        }

        var admitted = binding.Breaker.Machine.TryEnter(out var ticket, out var caused);
        if (caused.First is not null)
        {
            binding.Report(caused, context);
        }

        if (!admitted)
        {
            return new(binding.Reject<TResult>(ticket));
        }

        ValueTask<Outcome<TResult>> running;
        try
        {
            running = callback(context, state);
        }
        catch (Exception exception)
        {
            running = new(Outcome.FromException<TResult>(exception));
        }

        if (!running.IsCompletedSuccessfully || !(verdicts.IsSynchronous || ticket.Phase is DisabledPhase))
        {
            return SettleAsync(binding, ticket, verdicts, running, context);
        }

        var outcome = running.Result;
        Settle(binding, ticket, Classify(ticket, verdicts, outcome, context), verdicts, outcome, context);
        return new(outcome);
    }

    // Pooled, since a callback that suspends is the common case with real dependencies.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<Outcome<TResult>> SettleAsync<TResult, TVerdicts>(
        PipelineBinding binding,
        Ticket ticket,
        TVerdicts verdicts,
        ValueTask<Outcome<TResult>> running,
        ResilienceContext context
    )
        where TVerdicts : struct, IVerdicts<TResult>
    {
        Outcome<TResult> outcome;
        try
        {
            outcome = await running.ConfigureAwait(context.ContinueOnCapturedContext);
        }
        catch (Exception exception)
        {
            outcome = Outcome.FromException<TResult>(exception);
        }

        Verdict verdict;
        if (verdicts.IsSynchronous || ticket.Phase is DisabledPhase)
        {
            verdict = Classify(ticket, verdicts, outcome, context);
        }
        else
        {
            try
            {
                verdict = await verdicts.OnAsync(outcome, context).ConfigureAwait(context.ContinueOnCapturedContext);
            }
            catch (Exception error)
            {
                verdict = PredicateFailed(ticket, error);
            }
        }

        Settle(binding, ticket, verdict, verdicts, outcome, context);
        return outcome;
    }

    private static void Settle<TResult, TVerdicts>(
        PipelineBinding binding,
        in Ticket ticket,
        Verdict verdict,
        TVerdicts verdicts,
        in Outcome<TResult> outcome,
        ResilienceContext context
    )
        where TVerdicts : struct, IVerdicts<TResult>
    {
        var breakTicks = verdict == Verdict.Failure && verdicts.HasHint ? Hint(ticket, verdicts, outcome) : 0;
        if (StateMachine.Settle(ticket, verdict, StateMachine.Unmeasured, breakTicks) is { } signal)
        {
            binding.Report<TResult>(signal, outcome, context);
        }
    }

    private static long Hint<TResult, TVerdicts>(in Ticket ticket, TVerdicts verdicts, in Outcome<TResult> failure)
        where TVerdicts : struct, IVerdicts<TResult>
    {
        try
        {
            return verdicts.BreakTicks(failure);
        }
        catch (Exception error)
        {
            ticket.Phase.Machine.UserCode.Failed(UserErrorSource.BreakDurationHint, error);
            return 0;
        }
    }

    private static Verdict Classify<TResult, TVerdicts>(
        in Ticket ticket,
        TVerdicts verdicts,
        in Outcome<TResult> outcome,
        ResilienceContext context
    )
        where TVerdicts : struct, IVerdicts<TResult>
    {
        if (ticket.Phase is DisabledPhase)
        {
            return Verdict.Ignored;
        }

        try
        {
            return verdicts.On(outcome, context);
        }
        catch (Exception error)
        {
            return PredicateFailed(ticket, error);
        }
    }

    private static Verdict PredicateFailed(in Ticket ticket, Exception error)
    {
        ticket.Phase.Machine.UserCode.Failed(UserErrorSource.Predicate, error);
        return Verdict.Ignored;
    }
}
