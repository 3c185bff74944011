namespace Fluxgate;

/// <summary>The reason why a circuit is in its state. Immutable. It contains numbers and text, never an exception.</summary>
public sealed class Reason
{
    internal static readonly Reason Initial = new(ReasonKind.Initial, "initial state");

    internal Reason(ReasonKind kind, string text, IReadOnlyList<Finding>? findings = null)
    {
        Kind = kind;
        Text = OneLine.Of(text);
        Findings = findings ?? [];
    }

    /// <summary>Gets the kind of the reason.</summary>
    public ReasonKind Kind { get; }

    /// <summary>Gets the text of the reason, such as <c>FailureRate 62% >= 50% (31 of 50) &amp; MinRequests 50 >= 20</c> or the text that was passed to a manual call. Always one line without control characters.</summary>
    public string Text { get; }

    /// <summary>Gets the leaves of the rule that fired, with their measured values. Empty unless the tripper fired.</summary>
    public IReadOnlyList<Finding> Findings { get; }

    /// <summary>Returns the same reason with a remark at the end of the text.</summary>
    internal Reason WithNote(string note) => new(Kind, $"{Text}, {note}", Findings);

    /// <summary>Returns the <see cref="Text"/>.</summary>
    /// <returns>The text of the reason.</returns>
    public override string ToString() => Text;
}
