using System.Runtime.CompilerServices;
using Polly;

namespace Fluxgate;

/// <summary>Runs the calls of one pipeline through a breaker: admits the call, runs the callback, classifies the outcome, settles. Never throws, and never changes an outcome (rule 11).</summary>
/// <remarks>Synchronous as long as the callback and the predicates are: an async state machine would take longer than the breaker itself.</remarks>
internal sealed class Execution<TClassified>(
    FluxgateBreaker breaker,
    bool ownsBreaker,
    OutcomeClassifier<TClassified> classifier,
    StrategyTelemetry telemetry
) : IAsyncDisposable
{
    private readonly StateMachine _machine = breaker.Machine;

    public ValueTask<Outcome<TResult>> Run<TResult, TState>(
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
        var ticket = _machine.Phase is ClosedPhase closed ? closed.Start(context.CancellationToken.CanBeCanceled) : default;
        if (ticket.IsNone)
        {
            ticket = Enter(context, out var rejection);
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
            Settle(ticket, classifier.Classify(outcome, context), outcome, context);
        }

        return new(outcome);
    }

    public ValueTask DisposeAsync() => ownsBreaker ? breaker.DisposeAsync() : default;

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
                ? classifier.Classify(outcome, context)
                : await classifier.ClassifyAsync(outcome, context).ConfigureAwait(context.ContinueOnCapturedContext);
            Settle(ticket, verdict, outcome, context);
        }

        return outcome;
    }

    /// <summary>Admits or rejects a call in any state.</summary>
    /// <returns>The ticket; none if the circuit is disabled, so that nothing is classified or counted.</returns>
    private Ticket Enter(ResilienceContext context, out CallNotPermittedException? rejection)
    {
        using var scope = _machine.Phase.State == BreakerState.HalfOpen ? NestedCalls.ScopeOf(context) : default;
        var admitted = _machine.TryEnter(context.CancellationToken.CanBeCanceled, out var ticket, out var caused);
        foreach (var signal in caused)
        {
            telemetry.Report(signal, default(Outcome<object>?), context);
        }

        rejection = admitted ? null : telemetry.Reject(ticket);
        return ticket.Phase.State == BreakerState.Disabled ? default : ticket;
    }

    private void Settle<TResult>(Ticket ticket, Verdict verdict, in Outcome<TResult> outcome, ResilienceContext context)
    {
        var caused =
            verdict == OutcomeClassifier<TClassified>.Abandoned
                ? ticket.SettleAbandoned()
                : ticket.Settle(verdict, breakTicks: verdict == Verdict.Failure ? classifier.BreakTicks(outcome) : 0);
        if (caused is { } signal)
        {
            telemetry.Report<TResult>(signal, outcome, context);
        }
    }
}
