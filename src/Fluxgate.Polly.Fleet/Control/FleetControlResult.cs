namespace Fluxgate;

/// <summary>The result of an order. Immutable.</summary>
public sealed record FleetControlResult
{
    /// <summary>Gets whether the directive was issued. If not, somebody else has changed the directives in the meantime: look at <see cref="Current"/> and decide again.</summary>
    public bool IsAccepted => Directive is not null;

    /// <summary>Gets the directive that was issued; <see langword="null"/> if the order was rejected.</summary>
    public FleetDirective? Directive { get; init; }

    /// <summary>Gets the directives in the store afterwards; if the order was rejected, as somebody else has changed them.</summary>
    public required FleetDirectives Current { get; init; }
}
