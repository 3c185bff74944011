namespace Fluxgate;

/// <summary>The request for one of the slots of a resource, for a limited time on the store's clock.</summary>
/// <param name="Resource">The resource, such as <c>leader</c>: 1 to 256 characters, all of which are allowed.</param>
/// <param name="Holder">Who takes the slot, usually a member: 1 to 256 characters. A holder has at most one slot of a resource.</param>
/// <param name="Slots">How many holders the resource has at most, at least 1. The last request decides; holders that are there already stay.</param>
/// <param name="TimeToLive">How long the slot is held unless it is taken again, greater than zero and at most 365 days.</param>
public sealed record FleetLease(string Resource, string Holder, int Slots, TimeSpan TimeToLive);
