namespace PaymentsApi;

/// <summary>The outcomes of a payment in responses and metrics.</summary>
internal static class Outcomes
{
    public const string Taken = "taken";

    /// <summary>The fraud check declined the payment.</summary>
    public const string Declined = "declined";

    /// <summary>A circuit rejected the call, so no request was sent.</summary>
    public const string Rejected = "rejected";

    /// <summary>A call to an upstream failed.</summary>
    public const string Failed = "failed";

    public static IReadOnlyList<string> All { get; } = [Taken, Declined, Rejected, Failed];
}
