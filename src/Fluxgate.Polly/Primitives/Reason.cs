namespace Fluxgate;

/// <summary>Why a circuit is in its state. Immutable; holds numbers and text, never an exception.</summary>
public sealed class Reason
{
    internal static readonly Reason Initial = new(ReasonKind.Initial, "initial state");

    internal Reason(ReasonKind kind, string text, IReadOnlyList<Finding>? findings = null)
    {
        Kind = kind;
        Text = OneLine.Of(text);
        Findings = findings ?? [];
    }

    /// <summary>What kind of cause it was.</summary>
    public ReasonKind Kind { get; }

    /// <summary>The reason in words: <c>FailureRate 62% >= 50% (31 of 50) &amp; MinRequests 50 >= 20</c>, or what a manual call gave. Always one line without control characters.</summary>
    public string Text { get; }

    /// <summary>The leaves of the rule that fired, with what they measured; empty unless the tripper fired.</summary>
    public IReadOnlyList<Finding> Findings { get; }

    /// <summary>The <see cref="Text"/>.</summary>
    /// <returns>The reason in words.</returns>
    public override string ToString() => Text;
}
