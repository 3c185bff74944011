using System.Runtime.CompilerServices;
using Polly;

namespace Fluxgate;

/// <summary>Admits a call, runs the callback, classifies the outcome and settles the call. Never throws, and never changes an outcome (rule 11).</summary>
/// <remarks>
/// Synchronous as long as the callback and the predicates are: an async state machine would take longer than the breaker itself. It serves
/// pipelines of one result type too: for a <see cref="ResilienceStrategy{TResult}"/>, Polly would convert the callback and each result.
/// </remarks>
/// <typeparam name="TClassified">The result type of the options: that of the pipeline, or <see cref="object"/> in a pipeline of any result type.</typeparam>
/// <param name="machine">The state machine of all calls; <see langword="null"/> if each call has a key.</param>
/// <param name="machineOfKey">Returns the state machine of a call by its key; <see langword="null"/> if all calls have the same.</param>
/// <param name="owned">What the pipeline created and disposes, or <see langword="null"/>.</param>
/// <param name="classifier">Classifies the outcomes.</param>
/// <param name="telemetry">Reports transitions and rejections.</param>
internal sealed class FluxgateStrategy<TClassified>(
    StateMachine? machine,
    Func<ResilienceContext, StateMachine>? machineOfKey,
    IAsyncDisposable? owned,
    OutcomeClassifier<TClassified> classifier,
    StrategyTelemetry telemetry
) : ResilienceStrategy, IAsyncDisposable
{
    public ValueTask DisposeAsync() => owned?.DisposeAsync() ?? default;

    protected override ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback,
        ResilienceContext context,
        TState state
    )
    {
        var token = context.CancellationToken;
        if (token.IsCancellationRequested)
        {
            return Failed<TResult>(new OperationCanceledException(token));
        }

        // Fast path: a closed circuit admits directly. Every other state, and a phase that is just ending, takes the general path.
        var entered = machine ?? machineOfKey!(context);
        var ticket = entered.Phase is ClosedPhase closed ? closed.Start(MayBeAbandoned(token)) : default;
        if (ticket.IsNone)
        {
            ticket = Enter(entered, context, out var rejection);
            if (rejection is not null)
            {
                return Failed<TResult>(rejection);
            }

            callback = ticket.Probe is { } probe ? NestedCalls.BelongTo(probe, callback) : callback;
        }

        ValueTask<Outcome<TResult>> running;
        try
        {
            running = callback(context, state);
        }
        catch (Exception exception)
        {
            running = Failed<TResult>(exception);
        }

        if (!running.IsCompletedSuccessfully || !(classifier.IsSynchronous || ticket.IsNone))
        {
            return RunAsync(ticket, running, context);
        }

        var outcome = running.Result;
        if (!ticket.IsNone)
        {
            Settle(ticket, classifier.Classify(outcome, context, ticket), outcome, context);
        }

        return new(outcome);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ValueTask<Outcome<TResult>> Failed<TResult>(Exception exception) => new(Outcome.FromException<TResult>(exception));

    private bool MayBeAbandoned(CancellationToken token) => token.CanBeCanceled || classifier.CountsBody;

    // Pooled, because with real dependencies most callbacks suspend.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Outcome<TResult>> RunAsync<TResult>(
        Ticket ticket,
        ValueTask<Outcome<TResult>> running,
        ResilienceContext context
    )
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

        if (!ticket.IsNone)
        {
            var verdict = classifier.IsSynchronous
                ? classifier.Classify(outcome, context, ticket)
                : await classifier.ClassifyAsync(outcome, context, ticket).ConfigureAwait(context.ContinueOnCapturedContext);
            Settle(ticket, verdict, outcome, context);
        }

        return outcome;
    }

    /// <summary>Admits or rejects a call in any state. A disabled circuit admits it without a ticket, so that nothing is classified or counted.</summary>
    private Ticket Enter(StateMachine entered, ResilienceContext context, out Exception? rejection)
    {
        using var scope = entered.Phase is HalfOpenPhase or EvictedPhase ? NestedCalls.ScopeOf(context) : default;
        var isAdmitted = entered.TryEnter(MayBeAbandoned(context.CancellationToken), out var ticket, out var caused);
        foreach (var signal in caused)
        {
            telemetry.Report(signal, default(Outcome<object>?), context, ticket);
        }

        rejection = isAdmitted ? null : telemetry.Reject(ticket);
        return isAdmitted && ticket.Phase.State != BreakerState.Disabled ? ticket : default;
    }

    private void Settle<TResult>(Ticket ticket, Verdict? verdict, in Outcome<TResult> outcome, ResilienceContext context)
    {
        if (classifier.CountsBody && verdict == Verdict.Success && CountedBody.TryAttach(outcome, ticket, context.CancellationToken))
        {
            return;
        }

        var caused = verdict is { } known
            ? ticket.Settle(known, hint: known == Verdict.Failure ? classifier.HintOf(outcome, ticket) : default)
            : Ticket.SettleAbandoned(ticket);
        if (caused is { } signal)
        {
            telemetry.Report<TResult>(signal, outcome, context, ticket);
        }
    }
}
