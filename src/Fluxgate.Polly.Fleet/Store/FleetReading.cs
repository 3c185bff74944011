namespace Fluxgate;

/// <summary>What one exchange with the store returns.</summary>
/// <param name="StoreTime">The time on the store's clock. Only differences of such times are used; they are never compared with another clock.</param>
/// <param name="Summary">The summary; <see langword="null"/> if its revision is the one that the member knows. Its revision is 0 if the store has none.</param>
/// <param name="Directives">The directives; <see langword="null"/> if their revision is the one that the member knows. Their revision is 0 if the store has none.</param>
public sealed record FleetReading(DateTimeOffset StoreTime, FleetDocument? Summary, FleetDocument? Directives);
