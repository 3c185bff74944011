namespace Fluxgate;

/// <summary>Who a member is.</summary>
internal readonly record struct FleetIdentity(string Id, string? Zone);
