using Polly;
using Polly.Registry;

namespace Fluxgate;

/// <summary>A registry with one pipeline that is built anew whenever the test says so, on a virtual clock.</summary>
internal sealed class ReloadingRegistry(Action<ResiliencePipelineBuilder<string>> configure, VirtualTime time) : IAsyncDisposable
{
    /// <summary>How long Polly lets calls in flight go on before it disposes the strategies that they run in, and a little more.</summary>
    public static readonly TimeSpan PastPollysPatience = TimeSpan.FromSeconds(35);

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

    /// <summary>Has the pipeline built anew before this returns.</summary>
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
        // Polly waits for calls that a failed test has left in flight; without this the test would hang instead of failing.
        time.Advance(PastPollysPatience);
        await disposal;
    }
}
