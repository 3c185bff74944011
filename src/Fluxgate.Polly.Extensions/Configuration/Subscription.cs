namespace Fluxgate;

/// <summary>Ends a subscription when it is disposed.</summary>
internal sealed class Subscription(Action end) : IDisposable
{
    public void Dispose() => end();
}
