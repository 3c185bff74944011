namespace Fluxgate;

/// <summary>Validates orders. Each error names the setting, its value and what is allowed.</summary>
internal static class FleetOrderCheck
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(365);

    /// <exception cref="ArgumentException">The order is invalid; the message has a line for each error.</exception>
    public static void Check(FleetOrder order)
    {
        ArgumentNullException.ThrowIfNull(order);
        string?[] errors =
        [
            Enum.IsDefined(order.Action)
                ? null
                : $"{nameof(order.Action)} must be one of {string.Join(", ", Enum.GetNames<FleetAction>())}, but is {RuleText.Number((int)order.Action)}.",
            ErrorOf(order.Circuits, nameof(order.Circuits), MessageLimits.Name),
            ErrorOf(order.Reason, nameof(order.Reason), MessageLimits.Reason),
            ErrorOf(order.By, nameof(order.By), MessageLimits.Name),
            order.Zone is null ? null : ErrorOf(order.Zone, nameof(order.Zone), MessageLimits.Name),
            order.Percentage is >= 0.001 and <= 100
                ? null
                : $"{nameof(order.Percentage)} must be 0.001 to 100, but is {RuleText.Number(order.Percentage)}.",
            ErrorOfDuration(order),
            order.ExpectedRevision < 0
                ? $"{nameof(order.ExpectedRevision)} must be at least 0 or null, but is {RuleText.Number(order.ExpectedRevision.Value)}."
                : null,
        ];
        string[] found = [.. errors.OfType<string>()];
        if (found.Length > 0)
        {
            throw new ArgumentException(string.Join(Environment.NewLine, found));
        }
    }

    private static string? ErrorOfDuration(FleetOrder order) =>
        order.Duration is not { } duration ? null
        : order.Action is FleetAction.Release or FleetAction.Reset
            ? $"{nameof(order.Duration)} must be null for {order.Action}, which ends directives for good, but is {RuleText.Duration(duration)}."
        : duration < Shortest || duration > Longest
            ? $"{nameof(order.Duration)} must be {RuleText.Duration(Shortest)} to {RuleText.Duration(Longest)} or null, but is {RuleText.Duration(duration)}."
        : null;

    private static string? ErrorOf(string? text, string name, int most) =>
        string.IsNullOrWhiteSpace(text) ? $"{name} must have 1 to {RuleText.Number(most)} characters, but is empty."
        : text.Length > most ? $"{name} must have 1 to {RuleText.Number(most)} characters, but has {RuleText.Number(text.Length)}."
        : null;
}
