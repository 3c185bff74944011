using Polly;
using Polly.Registry;

namespace Fluxgate;

/// <summary>A registry with one pipeline that is rebuilt on request, on a virtual clock.</summary>
internal sealed class ReloadingRegistry(Action<ResiliencePipelineBuilder<string>> configure, VirtualTime time) : IAsyncDisposable
{
    /// <summary>A little more than the time that Polly waits for calls in flight before it disposes their strategies.</summary>
    public static readonly TimeSpan PastPollyReloadTimeout = TimeSpan.FromSeconds(35);

    private readonly ResiliencePipelineRegistry<string> _registry = new(new() { BuilderFactory = () => new() { TimeProvider = time } });

    private CancellationTokenSource _reload = new();

    public int Builds { get; private set; }

    public ResiliencePipeline<string> Pipeline =>
        _registry.GetOrAddPipeline<string>(
            "payments",
            (builder, context) =>
            {
                Builds++;
                context.AddReloadToken(_reload.Token);
                configure(builder);
            }
        );

    /// <summary>Rebuilds the pipeline before it returns.</summary>
    public void Reload()
    {
        using var reload = Interlocked.Exchange(ref _reload, new());
        reload.Cancel();
    }

    public async ValueTask DisposeAsync()
    {
        Inline.Continuations();
        _reload.Dispose();
        var disposal = _registry.DisposeAsync();
        // Polly waits for calls that a failed test left in flight; without this the test would hang instead of failing.
        time.Advance(PastPollyReloadTimeout);
        await disposal;
    }
}
