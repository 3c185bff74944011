namespace Fluxgate;

/// <summary>The directives in the store at one moment. Immutable.</summary>
/// <param name="Revision">Their revision; pass it as <see cref="FleetOrder.ExpectedRevision"/> to steer only what you have seen.</param>
/// <param name="StoreTime">The time on the store's clock.</param>
/// <param name="All">The directives, the oldest first. Of those that cover a circuit, the newest counts. Releases and resets stay for a while, so that what they ended does not come back.</param>
public sealed record FleetDirectives(long Revision, DateTimeOffset StoreTime, IReadOnlyList<FleetDirective> All);
