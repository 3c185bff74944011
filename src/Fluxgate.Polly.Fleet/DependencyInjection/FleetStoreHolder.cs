namespace Fluxgate;

/// <summary>Holds the store of the container's fleet.</summary>
/// <param name="store">The store.</param>
internal sealed class FleetStoreHolder(IFleetStore store) : IAsyncDisposable, IDisposable
{
    public IFleetStore Store => store;

    // What is in memory may be shared by several containers, and has nothing to dispose.
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    public async ValueTask DisposeAsync()
    {
        if (store is IAsyncDisposable asyncDisposable)
        {
            await asyncDisposable.DisposeAsync().ConfigureAwait(false);
        }
        else
        {
            (store as IDisposable)?.Dispose();
        }
    }
}
