namespace Fluxgate;

/// <summary>The store in memory, on a virtual clock.</summary>
public sealed class InMemoryStore : FleetStoreConformance
{
    private readonly VirtualTime _time = new();
    private readonly Dictionary<string, InMemoryFleetStore> _fleets = new(StringComparer.Ordinal);

    protected override ValueTask<IFleetStore> OpenAsync(string fleet)
    {
        if (!_fleets.TryGetValue(fleet, out var store))
        {
            _fleets[fleet] = store = new(_time);
        }

        return new(store);
    }

    protected override ValueTask WaitAsync(TimeSpan time)
    {
        _time.Advance(time);
        return default;
    }

    protected override ValueTask FlushAsync()
    {
        foreach (var store in _fleets.Values)
        {
            store.Flush();
        }

        return default;
    }
}
