using System.Collections.Concurrent;
using Grpc.Core;

namespace Fluxgate;

/// <summary>What a server remembers.</summary>
internal sealed class ShopState
{
    private readonly ConcurrentDictionary<string, int> _attempts = new(StringComparer.Ordinal);

    /// <summary>Gets or sets whether orders that end well fail.</summary>
    public bool IsDown { get; set; }

    /// <summary>Gets the gate at which orders wait.</summary>
    public SemaphoreSlim Gate { get; } = new(0);

    /// <summary>Gets the number of orders that reached the server.</summary>
    public int Received => _attempts.Values.Sum();

    /// <summary>Counts the attempts of one call, which share its header <c>call</c>.</summary>
    public int Receive(ServerCallContext context) =>
        _attempts.AddOrUpdate(context.RequestHeaders.GetValue("call") ?? "", 1, (_, attempts) => attempts + 1);
}
