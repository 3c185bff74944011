namespace Fluxgate;

/// <summary>Disposes the breakers with the container, before the listeners that they flush.</summary>
internal sealed class BreakerDisposer(FluxgateBreakers breakers) : IDisposable, IAsyncDisposable
{
    public void Dispose() => breakers.DisposeAllAsync().GetAwaiter().GetResult();

    public ValueTask DisposeAsync() => new(breakers.DisposeAllAsync());
}
