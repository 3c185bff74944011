namespace Fluxgate;

/// <summary>
/// The data that the members of one fleet share: the digest of each member, the summary, the directives with their audit, and leases. An instance serves
/// one fleet; members of one fleet use stores of the same name on the same server.
/// </summary>
/// <remarks>
/// <para>
/// Implementations are thread-safe. They keep bytes and never read them: the members handle formats, quorums and liveness. No call of a breaker
/// uses the store, and a member limits each method with its own deadline. A store should therefore neither retry for long nor queue commands while
/// its server is unavailable: it throws soon, and the member tries again after its interval. Every method observes its cancellation token if it can.
/// </para>
/// <para>
/// Times that members share run on the store's clock: the time to live of digests and leases, the ages of digests, and
/// <see cref="FleetReading.StoreTime"/>. A store may lose everything at any moment (a flush, a failover to a stale replica): members write their
/// digests, the summary and the directives again. Names are 1 to 256 characters of well-formed text, all of
/// which are allowed: braces, line breaks, emoji.
/// </para>
/// <para>
/// An argument that exceeds <see cref="FleetLimits"/> throws an <see cref="ArgumentException"/>, and nothing is written; the class has the checks. If the client lacks a right, the method throws an
/// <see cref="UnauthorizedAccessException"/>. Members need no right to write directives. The class <c>FleetStoreConformance</c> in the tests of
/// Fluxgate.Polly.Fleet checks all of this against a store; derive from it.
/// </para>
/// </remarks>
public interface IFleetStore
{
    /// <summary>Writes the digest of a member, and reads the summary and the directives if they are new to the member, in one round trip. The digest is written even if the reading is refused.</summary>
    /// <param name="exchange">The digest and the revisions that the member knows.</param>
    /// <param name="cancellationToken">Cancels the exchange. The digest may have been written.</param>
    /// <returns>The store's time, and the summary and the directives if their revisions differ from those that the member knows.</returns>
    /// <exception cref="ArgumentException">A part of the exchange is out of range.</exception>
    ValueTask<FleetReading> ExchangeAsync(FleetExchange exchange, CancellationToken cancellationToken = default);

    /// <summary>Reads the digests of all members whose time to live has not passed, in no particular order.</summary>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The digests.</returns>
    ValueTask<IReadOnlyList<FleetStoredDigest>> ReadDigestsAsync(CancellationToken cancellationToken = default);

    /// <summary>Removes the digest of a member that leaves. A no-op if there is none.</summary>
    /// <param name="memberId">The identifier of the member.</param>
    /// <param name="cancellationToken">Cancels the removal.</param>
    /// <returns>A task that completes when the digest is removed.</returns>
    ValueTask RemoveDigestAsync(string memberId, CancellationToken cancellationToken = default);

    /// <summary>Replaces the summary. The last writer wins: a summary is made from digests alone, so two writers do no harm.</summary>
    /// <param name="summary">The summary. The store returns it to members that know another revision, whether greater or not.</param>
    /// <param name="cancellationToken">Cancels the writing.</param>
    /// <returns>A task that completes when the summary is written.</returns>
    /// <exception cref="ArgumentException">The revision is not positive, or the content is too large.</exception>
    ValueTask WriteSummaryAsync(FleetDocument summary, CancellationToken cancellationToken = default);

    /// <summary>Replaces the directives and adds an audit entry, both or neither, if the directives still have the expected revision.</summary>
    /// <param name="write">The expected revision, the new directives and the audit entry.</param>
    /// <param name="cancellationToken">Cancels the writing. It may have been done.</param>
    /// <returns><see langword="true"/> if it was written; <see langword="false"/> if the store has another revision.</returns>
    /// <exception cref="ArgumentException">The new revision is not greater than the expected one, the audit entry is empty, or one of them is too large.</exception>
    /// <exception cref="UnauthorizedAccessException">The server refuses directives of this client.</exception>
    ValueTask<bool> TryWriteDirectivesAsync(FleetDirectivesWrite write, CancellationToken cancellationToken = default);

    /// <summary>Reads the newest audit entries, the newest first. The store keeps at least the newest <see cref="FleetLimits.MaxAuditEntries"/> and may keep some more.</summary>
    /// <param name="count">The most entries to return, at least 1.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The entries.</returns>
    ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>> ReadAuditAsync(int count, CancellationToken cancellationToken = default);

    /// <summary>Takes a slot of a resource. If the holder already has it, renews its time to live.</summary>
    /// <param name="lease">The resource, the holder, the number of slots and the time to live.</param>
    /// <param name="cancellationToken">Cancels the request. The slot may have been taken.</param>
    /// <returns><see langword="true"/> if the holder has the slot from now on; <see langword="false"/> if others hold all slots.</returns>
    /// <exception cref="ArgumentException">A part of the lease is out of range.</exception>
    ValueTask<bool> TryTakeLeaseAsync(FleetLease lease, CancellationToken cancellationToken = default);

    /// <summary>Gives a slot back before its time to live has passed. A no-op if the holder has none.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="holder">The holder.</param>
    /// <param name="cancellationToken">Cancels the release.</param>
    /// <returns>A task that completes when the slot is free.</returns>
    ValueTask ReleaseLeaseAsync(string resource, string holder, CancellationToken cancellationToken = default);

    /// <summary>Notifies all subscribers, so that they read the store before their interval has elapsed. Hints may be lost, merged or doubled: members do not depend on them.</summary>
    /// <param name="cancellationToken">Cancels the hint.</param>
    /// <returns>A task that completes when the hint is sent.</returns>
    ValueTask HintAsync(CancellationToken cancellationToken = default);

    /// <summary>Calls a callback for hints, including those of this instance, until the subscription is disposed. If the server is unavailable, neither blocks nor throws, and subscribes later.</summary>
    /// <param name="onHint">The callback. It returns at once and does not throw. It may be called on any thread.</param>
    /// <returns>The subscription. Disposing it twice is a no-op.</returns>
    IDisposable Subscribe(Action onHint);
}
