namespace Fluxgate;

/// <summary>The result of an order. Immutable.</summary>
public sealed record FleetControlResult
{
    /// <summary>Gets whether the directive was issued. If not, another operator has changed the directives in the meantime: see <see cref="Current"/>.</summary>
    public bool IsAccepted => Directive is not null;

    /// <summary>Gets the directive that was issued; <see langword="null"/> if the order was rejected.</summary>
    public FleetDirective? Directive { get; init; }

    /// <summary>Gets the directives in the store after the order; if the order was rejected, those that caused the rejection.</summary>
    public required FleetDirectives Current { get; init; }
}
