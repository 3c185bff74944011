namespace Fluxgate;

/// <summary>One entry of the audit: who changed the directives, when and why. Immutable.</summary>
/// <param name="At">When it was, on the store's clock.</param>
/// <param name="By">Who it was: an operator, or a member that restored what the store had lost.</param>
/// <param name="Text">What was done, one line.</param>
/// <param name="Directive">The directive that was issued; <see langword="null"/> if a member restored directives.</param>
public sealed record FleetAuditEntry(DateTimeOffset At, string By, string Text, FleetDirective? Directive);
