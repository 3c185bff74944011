using Polly;
using Polly.Telemetry;

namespace Fluxgate;

/// <summary>A TelemetryListener that records the events of the breaker, and throws after each if the test passes an exception.</summary>
internal sealed class RecordedTelemetry(Exception? error = null) : TelemetryListener
{
    public List<Received> Events { get; } = [];

    public IEnumerable<string> Lines => Events.Select(received => $"{received.Severity} {received.Name}: {received.Signal}");

    public override void Write<TResult, TArgs>(in TelemetryEventArguments<TResult, TArgs> args)
    {
        if (!args.Event.EventName.StartsWith("Fluxgate.", StringComparison.Ordinal))
        {
            return;
        }

        var (context, signal) = args.Arguments switch
        {
            FluxgateOpenedArguments opened => (opened.Context, opened.Signal),
            FluxgateHalfOpenedArguments halfOpened => (halfOpened.Context, halfOpened.Signal),
            FluxgateClosedArguments closed => (closed.Context, closed.Signal),
            _ => throw new InvalidOperationException($"{args.Event.EventName} has arguments of type {typeof(TArgs)}."),
        };
        Assert.Same(args.Context, context);
        object? outcome = args.Outcome is not { } settled ? null : settled.Exception ?? (object?)settled.Result;
        Events.Add(
            new(
                args.Event.EventName,
                args.Event.Severity,
                typeof(TArgs),
                args.Source,
                context,
                context.OperationKey,
                signal,
                typeof(TResult),
                outcome
            )
        );
        if (error is not null)
        {
            throw error;
        }
    }

    /// <summary>One event; its outcome is the result or the exception, or <see langword="null"/> if it has none.</summary>
    public sealed record Received(
        string Name,
        ResilienceEventSeverity Severity,
        Type Arguments,
        ResilienceTelemetrySource Source,
        ResilienceContext Context,
        string? OperationKey,
        Signal Signal,
        Type ResultType,
        object? Outcome
    );
}
