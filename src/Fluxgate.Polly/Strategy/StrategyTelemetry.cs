using System.Diagnostics;
using Polly;
using Polly.Telemetry;

namespace Fluxgate;

/// <summary>Reports transitions to Polly's telemetry, and transitions and rejections to the current <see cref="Activity"/>.</summary>
/// <remarks>When a telemetry listener throws, the error is counted and the call continues.</remarks>
internal sealed class StrategyTelemetry(ResilienceStrategyTelemetry telemetry)
{
    private static readonly ResilienceEvent OnOpened = new(ResilienceEventSeverity.Error, "Fluxgate.OnOpened");
    private static readonly ResilienceEvent OnHalfOpened = new(ResilienceEventSeverity.Warning, "Fluxgate.OnHalfOpened");
    private static readonly ResilienceEvent OnClosed = new(ResilienceEventSeverity.Information, "Fluxgate.OnClosed");

    /// <summary>Creates the exception for a rejected call.</summary>
    public CallNotPermittedException Reject(Ticket ticket)
    {
        var rejection = CallNotPermittedException.By(ticket);
        telemetry.SetTelemetrySource(rejection);
        if (Activity.Current is { IsAllDataRequested: true } activity)
        {
            Trace(activity, rejection);
        }

        return rejection;
    }

    /// <summary>Reports a transition that a call caused.</summary>
    public void Report<TResult>(Signal signal, Outcome<TResult>? outcome, ResilienceContext context, Ticket call)
    {
        try
        {
            if (Activity.Current is { IsAllDataRequested: true } activity)
            {
                Trace(activity, signal);
            }

            switch (signal.NewState)
            {
                case BreakerState.Open:
                    Report(OnOpened, new FluxgateOpenedArguments(context, signal), outcome, context);
                    break;
                case BreakerState.HalfOpen:
                    Report(OnHalfOpened, new FluxgateHalfOpenedArguments(context, signal), outcome, context);
                    break;
                case BreakerState.Closed:
                    Report(OnClosed, new FluxgateClosedArguments(context, signal), outcome, context);
                    break;
            }
        }
        catch (Exception error)
        {
            call.UserCode.ReportError(UserErrorSource.Listener, error);
        }
    }

    private static void Trace(Activity activity, CallNotPermittedException rejection) =>
        activity.AddEvent(
            new(
                "fluxgate.rejected",
                tags: new()
                {
                    ["circuit_name"] = rejection.CircuitName,
                    ["state"] = rejection.State.ToLabel(),
                    ["reason"] = rejection.Reason.Text,
                    ["retry_after_seconds"] = rejection.RetryAfter?.TotalSeconds,
                }
            )
        );

    private static void Trace(Activity activity, Signal signal) =>
        activity.AddEvent(
            new(
                "fluxgate.transition",
                tags: new()
                {
                    ["circuit_name"] = signal.CircuitName,
                    ["old_state"] = signal.OldState.ToLabel(),
                    ["new_state"] = signal.NewState.ToLabel(),
                    ["reason"] = signal.Reason.Text,
                }
            )
        );

    private void Report<TArguments, TResult>(
        ResilienceEvent resilienceEvent,
        TArguments arguments,
        Outcome<TResult>? outcome,
        ResilienceContext context
    )
    {
        if (outcome is { } settled)
        {
            telemetry.Report(resilienceEvent, context, settled, arguments);
        }
        else
        {
            telemetry.Report(resilienceEvent, context, arguments);
        }
    }
}
