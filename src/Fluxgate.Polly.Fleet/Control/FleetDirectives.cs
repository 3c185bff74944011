namespace Fluxgate;

/// <summary>The directives in the store at one moment. Immutable.</summary>
/// <param name="Revision">Their revision; pass it as <see cref="FleetOrder.ExpectedRevision"/> to change only the directives that you have seen.</param>
/// <param name="StoreTime">The time on the store's clock.</param>
/// <param name="All">The directives, the oldest first. If several cover a circuit, the newest applies. Releases and resets stay for a while, so that the directives that they ended do not come back.</param>
public sealed record FleetDirectives(long Revision, DateTimeOffset StoreTime, IReadOnlyList<FleetDirective> All);
