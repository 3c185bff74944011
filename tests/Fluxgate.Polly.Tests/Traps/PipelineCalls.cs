using Polly;

namespace Fluxgate;

/// <summary>Calls through a pipeline, ours or one with Polly's own breaker: the same scenario in the same words.</summary>
internal sealed class PipelineCalls(ResiliencePipeline<string> pipeline)
{
    /// <summary>Starts a call that goes on until the test ends it.</summary>
    public CallInFlight Begin(CancellationToken cancellationToken = default) => new(pipeline, cancellationToken);

    /// <summary>A call that succeeds where it is let in.</summary>
    public Task<Outcome<string>> Succeed() => Begin().Succeed();

    /// <summary>A call that fails where it is let in.</summary>
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
                        call.LetIn = true;
                        return new(call._dependency.Task);
                    },
                    context,
                    this
                );
            }
            catch (Exception error)
            {
                // Polly lets errors of predicates and callbacks out of the strategy; its Execute methods throw them at the caller.
                return Polly.Outcome.FromException<string>(error);
            }
            finally
            {
                ResilienceContextPool.Shared.Return(context);
            }
        }
    }

    /// <summary>Whether the breaker let the call through to its dependency.</summary>
    public bool LetIn { get; private set; }

    /// <summary>What the caller gets.</summary>
    public Task<Outcome<string>> Outcome { get; }

    public Task<Outcome<string>> Succeed() => End(Polly.Outcome.FromResult("fine"));

    public Task<Outcome<string>> Fail(Exception error) => End(Polly.Outcome.FromException<string>(error));

    private Task<Outcome<string>> End(Outcome<string> outcome)
    {
        _dependency.SetResult(outcome);
        return Outcome;
    }
}
