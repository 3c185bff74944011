using Polly;

namespace Fluxgate;

/// <summary>Calls through a pipeline with Fluxgate's or Polly's breaker: the same scenario runs on both.</summary>
internal sealed class PipelineCalls(ResiliencePipeline<string> pipeline)
{
    /// <summary>Starts a call that runs until the test ends it.</summary>
    public CallInFlight Begin(CancellationToken cancellationToken = default) => new(pipeline, cancellationToken);

    /// <summary>Runs a call that succeeds if it is admitted.</summary>
    public Task<Outcome<string>> Succeed() => Begin().Succeed();

    /// <summary>Runs a call that fails if it is admitted.</summary>
    public Task<Outcome<string>> Fail() => Begin().Fail(new IOException("the dependency failed"));
}

/// <summary>One call and the dependency that it waits for.</summary>
internal sealed class CallInFlight
{
    private readonly TaskCompletionSource<Outcome<string>> _dependency = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public CallInFlight(ResiliencePipeline<string> pipeline, CancellationToken cancellationToken)
    {
        Outcome = RunAsync();

        async Task<Outcome<string>> RunAsync()
        {
            var context = ResilienceContextPool.Shared.Get(cancellationToken);
            try
            {
                return await pipeline.ExecuteOutcomeAsync<string, CallInFlight>(
                    static (_, call) =>
                    {
                        call.IsAdmitted = true;
                        return new(call._dependency.Task);
                    },
                    context,
                    this
                );
            }
            catch (Exception error)
            {
                // Polly's strategy throws the errors of predicates and callbacks; its Execute methods throw them to the caller.
                return Polly.Outcome.FromException<string>(error);
            }
            finally
            {
                ResilienceContextPool.Shared.Return(context);
            }
        }
    }

    /// <summary>Gets whether the breaker admitted the call.</summary>
    public bool IsAdmitted { get; private set; }

    /// <summary>Gets the outcome that the caller receives.</summary>
    public Task<Outcome<string>> Outcome { get; }

    public Task<Outcome<string>> Succeed() => End(Polly.Outcome.FromResult("fine"));

    public Task<Outcome<string>> Fail(Exception error) => End(Polly.Outcome.FromException<string>(error));

    private Task<Outcome<string>> End(Outcome<string> outcome)
    {
        _dependency.SetResult(outcome);
        return Outcome;
    }
}
