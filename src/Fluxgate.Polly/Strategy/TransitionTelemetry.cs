using System.Diagnostics;
using Polly;
using Polly.Telemetry;

namespace Fluxgate;

/// <summary>Transitions and rejections as Polly's telemetry and an <see cref="Activity"/> know them.</summary>
internal static class TransitionTelemetry
{
    private static readonly ResilienceEvent OnOpened = new(ResilienceEventSeverity.Error, "Fluxgate.OnOpened");
    private static readonly ResilienceEvent OnHalfOpened = new(ResilienceEventSeverity.Warning, "Fluxgate.OnHalfOpened");
    private static readonly ResilienceEvent OnClosed = new(ResilienceEventSeverity.Information, "Fluxgate.OnClosed");

    public static void Report<TResult>(
        ResilienceStrategyTelemetry telemetry,
        Signal signal,
        Outcome<TResult>? outcome,
        ResilienceContext context
    )
    {
        if (Activity.Current is { IsAllDataRequested: true } activity)
        {
            Trace(activity, signal);
        }

        switch (signal.NewState)
        {
            case BreakerState.Open:
                Report(telemetry, OnOpened, new FluxgateOpenedArguments(context, signal), outcome, context);
                break;
            case BreakerState.HalfOpen:
                Report(telemetry, OnHalfOpened, new FluxgateHalfOpenedArguments(context, signal), outcome, context);
                break;
            case BreakerState.Closed:
                Report(telemetry, OnClosed, new FluxgateClosedArguments(context, signal), outcome, context);
                break;
        }
    }

    public static void Trace(Activity activity, CallNotPermittedException rejection) =>
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

    private static void Report<TArguments, TResult>(
        ResilienceStrategyTelemetry telemetry,
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
