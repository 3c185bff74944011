using Fluxgate;
using Polly;

namespace Outage;

/// <summary>Makes calls through a pipeline and records their outcomes.</summary>
internal sealed class Caller(CallerClock clock, FluxgateBreakerOptions options)
{
    /// <summary>The duration of calls for which no other is given.</summary>
    public static readonly TimeSpan Usual = TimeSpan.FromMilliseconds(3);

    private readonly ResiliencePipeline _pipeline = new ResiliencePipelineBuilder().AddFluxgateBreaker(options).Build();

    /// <summary>Makes one call.</summary>
    /// <param name="counts">Returns the counts of the circuit that the call goes to. Called after the circuit was chosen.</param>
    /// <param name="duration">The duration of the call.</param>
    /// <param name="error">The exception that the call ends with, if it fails.</param>
    /// <param name="verdict">How the call counts.</param>
    /// <param name="key">The operation key, by which a group chooses the circuit.</param>
    /// <param name="caller">Is canceled at the end of the call.</param>
    public void Execute(
        Func<CallCounts> counts,
        TimeSpan duration,
        Exception? error,
        Verdict verdict,
        string? key = null,
        CancellationTokenSource? caller = null
    )
    {
        Call? call = null;
        var context = ResilienceContextPool.Shared.Get(key, caller?.Token ?? default);
        try
        {
            _pipeline.Execute(
                _ =>
                {
                    call = counts().Begin();
                    clock.Pass(duration);
                    caller?.Cancel();
                    if (error is not null)
                    {
                        throw error;
                    }
                },
                context
            );
        }
        catch (CallNotPermittedException rejection)
        {
            counts().Reject(rejection.State);
        }
        catch (Exception thrown) when (ReferenceEquals(thrown, error))
        {
            // The failure of the dependency.
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }

        if (call is not null)
        {
            counts().End(call, verdict);
        }
    }
}
