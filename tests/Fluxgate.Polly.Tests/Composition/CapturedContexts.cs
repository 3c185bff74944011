using Polly;

namespace Fluxgate;

public sealed class CapturedContexts
{
    private readonly World _world = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_strategy_resumes_on_the_captured_context_only_on_request(bool continueOnCapturedContext) =>
        Assert.Equal(continueOnCapturedContext ? 1 : 0, PostsOf(_world.Pipeline<int>(), continueOnCapturedContext));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_suspended_predicate_resumes_on_the_captured_context_on_request(bool continueOnCapturedContext)
    {
        var answer = new TaskCompletionSource<bool>();
        var pipeline = _world.Pipeline<int>(options => options.ShouldHandle = _ => new(answer.Task));

        // Once after the callback and once after the predicate.
        Assert.Equal(continueOnCapturedContext ? 2 : 0, PostsOf(pipeline, continueOnCapturedContext, () => answer.SetResult(true)));
        _world.Counted(failures: 1);
    }

    private static int PostsOf(ResiliencePipeline<int> pipeline, bool continueOnCapturedContext, Action? then = null)
    {
        var (before, recording) = (SynchronizationContext.Current, new Recording());
        var answer = new TaskCompletionSource<int>();
        SynchronizationContext.SetSynchronizationContext(recording);
        try
        {
            var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext);
            var call = pipeline.ExecuteOutcomeAsync(
                static async (_, task) => Outcome.FromResult(await task.ConfigureAwait(false)),
                context,
                answer.Task
            );
            var completed = call.AsTask();
            Assert.False(completed.IsCompleted);

            // Without a context, as a dependency completes.
            SynchronizationContext.SetSynchronizationContext(null);
            answer.SetResult(7);
            recording.Run();
            then?.Invoke();
            recording.Run();
            Assert.True(completed.IsCompletedSuccessfully);
            return recording.Posts;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    /// <summary>Counts what is posted to it, and runs it on request.</summary>
    private sealed class Recording : SynchronizationContext
    {
        private readonly Queue<Action> _posted = new();

        public int Posts { get; private set; }

        public override void Post(SendOrPostCallback d, object? state)
        {
            Posts++;
            _posted.Enqueue(() => d(state));
        }

        public void Run()
        {
            while (_posted.TryDequeue(out var posted))
            {
                SetSynchronizationContext(this);
                posted();
                SetSynchronizationContext(null);
            }
        }
    }
}
