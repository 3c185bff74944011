namespace PaymentsApi;

/// <summary>What becomes of a payment, as the answer and the metrics call it.</summary>
internal static class Outcomes
{
    public const string Taken = "taken";

    /// <summary>The fraud check said no.</summary>
    public const string Refused = "refused";

    /// <summary>A circuit let nothing through: nothing was tried, and nothing was lost but a moment.</summary>
    public const string Rejected = "rejected";

    /// <summary>An upstream was asked and failed.</summary>
    public const string Failed = "failed";

    public static IReadOnlyList<string> All { get; } = [Taken, Refused, Rejected, Failed];
}
