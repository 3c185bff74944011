namespace Fluxgate;

/// <summary>
/// Controls the circuits of a fleet. A directive reaches every live member within two intervals, and a member that starts later during its startup. It is written
/// together with its audit entry.
/// </summary>
/// <remarks>Thread-safe. Each method waits at most 5 s for the store, and throws what the store throws, or a <see cref="TimeoutException"/>.</remarks>
public interface IFleetControl
{
    /// <summary>Issues a directive.</summary>
    /// <param name="order">What to do, to which circuits, by whom and why.</param>
    /// <param name="cancellationToken">Cancels the order. It may have been issued.</param>
    /// <returns>The result. If two operators issue orders at once, one order is accepted; the result of the other contains the current directives.</returns>
    /// <exception cref="ArgumentException">The order is invalid; the message has a line for each error, with the setting, its value and what is allowed.</exception>
    /// <exception cref="UnauthorizedAccessException">The store refuses directives of this process.</exception>
    /// <exception cref="InvalidOperationException">There are too many directives, or those in the store cannot be read by this version.</exception>
    Task<FleetControlResult> IssueAsync(FleetOrder order, CancellationToken cancellationToken = default);

    /// <summary>Returns what an order would affect, and changes nothing.</summary>
    /// <param name="order">The order.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The members and circuits that the order would affect, by their latest digests.</returns>
    /// <exception cref="ArgumentException">The order is invalid, as for <see cref="IssueAsync"/>.</exception>
    Task<FleetPreview> PreviewAsync(FleetOrder order, CancellationToken cancellationToken = default);

    /// <summary>Reads the directives in the store.</summary>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The directives, with their revision.</returns>
    /// <exception cref="InvalidOperationException">The directives in the store cannot be read by this version.</exception>
    Task<FleetDirectives> ReadAsync(CancellationToken cancellationToken = default);

    /// <summary>Reads the audit: who controlled the fleet, when and why.</summary>
    /// <param name="count">The most entries to return, 1 to 1,000.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The entries, the newest first. Those that this version cannot read are omitted.</returns>
    Task<IReadOnlyList<FleetAuditEntry>> ReadAuditAsync(int count = 100, CancellationToken cancellationToken = default);
}
