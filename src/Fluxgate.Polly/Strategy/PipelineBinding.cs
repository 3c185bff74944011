using System.Diagnostics;
using Polly;
using Polly.Telemetry;

namespace Fluxgate;

/// <summary>What ties a breaker to one pipeline: the breaker, whether it dies with the pipeline, and the pipeline's telemetry.</summary>
internal sealed record PipelineBinding(FluxgateBreaker Breaker, bool Owned, ResilienceStrategyTelemetry Telemetry) : IAsyncDisposable
{
    public static PipelineBinding Make<TResult>(
        ResiliencePipelineBuilderBase builder,
        StrategyBuilderContext context,
        FluxgateBreakerOptions<TResult> options
    )
    {
        if (options.Breaker is not { } breaker)
        {
            var name = options.CircuitName ?? DerivedName.Of(NameAfter(builder));
            return new(new(name, options.Settings, context.TimeProvider), Owned: true, context.Telemetry);
        }

        return builder.TimeProvider is null || ReferenceEquals(builder.TimeProvider, breaker.TimeProvider)
            ? new(breaker, Owned: false, context.Telemetry)
            : throw new InvalidOperationException(
                $"The builder's TimeProvider ({builder.TimeProvider.GetType().Name}) must be null or the one of its breaker '{breaker.Name}' ({breaker.TimeProvider.GetType().Name}): a breaker has one clock. Pass it to the breaker's constructor."
            );
    }

    /// <summary>Rejects a call with an exception of its own.</summary>
    public Outcome<TResult> Reject<TResult>(in Ticket rejection)
    {
        var exception = CallNotPermittedException.By(rejection);
        Telemetry.SetTelemetrySource(exception);
        if (Activity.Current is { IsAllDataRequested: true } activity)
        {
            TransitionTelemetry.Trace(activity, exception);
        }

        return Outcome.FromException<TResult>(exception);
    }

    /// <summary>Tells Polly's telemetry, and the current activity, of the transitions that letting a call in caused.</summary>
    public void Report(in AdmissionSignals caused, ResilienceContext context)
    {
        Report(caused.First!, default(Outcome<object>?), context);
        if (!ReferenceEquals(caused.Last, caused.First))
        {
            Report(caused.Last!, default(Outcome<object>?), context);
        }
    }

    /// <summary>Tells Polly's telemetry, and the current activity, of a transition. What a telemetry listener throws is counted, and the call goes on.</summary>
    public void Report<TResult>(Signal signal, Outcome<TResult>? outcome, ResilienceContext context)
    {
        try
        {
            TransitionTelemetry.Report(Telemetry, signal, outcome, context);
        }
        catch (Exception error)
        {
            Breaker.Machine.UserCode.Failed(UserErrorSource.Listener, error);
        }
    }

    public ValueTask DisposeAsync() => Owned ? Breaker.DisposeAsync() : default;

    private static string NameAfter(ResiliencePipelineBuilderBase builder) =>
        string.IsNullOrEmpty(builder.Name) ? FluxgateDefaults.CircuitName
        : string.IsNullOrEmpty(builder.InstanceName) ? builder.Name
        : $"{builder.Name}/{builder.InstanceName}";
}
