using System.Runtime.CompilerServices;
using Polly;

namespace Fluxgate;

/// <summary>
/// The resilience strategy of a breaker: admits a call, runs the callback, classifies the outcome, settles. Never throws, and never changes an outcome (rule 11).
/// </summary>
/// <remarks>
/// Synchronous as long as the callback and the predicates are: an async state machine would take longer than the breaker itself. It serves pipelines of one result
/// type too, because Polly converts the callback and each result for a <see cref="ResilienceStrategy{TResult}"/>.
/// </remarks>
/// <typeparam name="TClassified">The result type of the options: that of the pipeline, or <see cref="object"/> in a pipeline of any result type.</typeparam>
/// <param name="breaker">The breaker of all calls; <see langword="null"/> if each call has a key.</param>
/// <param name="keys">The breaker of each key.</param>
/// <param name="owned">What the pipeline created and disposes, or <see langword="null"/>.</param>
/// <param name="classifier">Classifies the outcomes.</param>
/// <param name="telemetry">Reports transitions and rejections.</param>
internal sealed class FluxgateStrategy<TClassified>(
    FluxgateBreaker? breaker,
    KeyedBreakers? keys,
    IAsyncDisposable? owned,
    OutcomeClassifier<TClassified> classifier,
    StrategyTelemetry telemetry
) : ResilienceStrategy, IAsyncDisposable
{
    private readonly StateMachine? _machine = breaker?.Machine;

    public ValueTask DisposeAsync() => owned?.DisposeAsync() ?? default;

    protected override ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback,
        ResilienceContext context,
        TState state
    )
    {
        if (context.CancellationToken.IsCancellationRequested)
        {
            return new(Outcome.FromException<TResult>(new OperationCanceledException(context.CancellationToken)));
        }

        // Fast path: a closed circuit admits directly. Every other state, and a phase that is just ending, takes the general path.
        var machine = _machine ?? keys!.Of(context);
        var ticket = machine.Phase is ClosedPhase closed ? closed.Start(MayBeAbandoned(context)) : default;
        if (ticket.IsNone)
        {
            ticket = Enter(machine, context, out var rejection);
            if (rejection is not null)
            {
                return new(Outcome.FromException<TResult>(rejection));
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
            running = new(Outcome.FromException<TResult>(exception));
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

    private bool MayBeAbandoned(ResilienceContext context) => context.CancellationToken.CanBeCanceled || classifier.CountsBody;

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

    /// <summary>Admits or rejects a call in any state.</summary>
    /// <returns>The ticket; none if the call is rejected, or if the circuit is disabled, so that nothing is classified or counted.</returns>
    private Ticket Enter(StateMachine machine, ResilienceContext context, out CallNotPermittedException? rejection)
    {
        machine = machine.ForCalls;
        using var scope = machine.Phase is HalfOpenPhase ? NestedCalls.ScopeOf(context) : default;
        var isAdmitted = machine.TryEnter(MayBeAbandoned(context), out var ticket, out var caused);
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
            : StateMachine.SettleAbandoned(ticket);
        if (caused is { } signal)
        {
            telemetry.Report<TResult>(signal, outcome, context, ticket);
        }
    }
}
