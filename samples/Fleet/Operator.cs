using Fluxgate;

namespace FleetSample;

/// <summary>The operator, who steers the fleet from one of its processes.</summary>
internal static class Operator
{
    /// <summary>Executes a command and returns what the operator sees.</summary>
    public static async Task<string> ExecuteAsync(IFleetControl control, string command)
    {
        try
        {
            return command switch
            {
                "force open" => await ForceOpenAsync(control),
                "release" => await ReleaseAsync(control),
                _ => $"'{command}' is not a command.",
            };
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return $"failed: {error.Message}";
        }
    }

    private static async Task<string> ForceOpenAsync(IFleetControl control)
    {
        var order = new FleetOrder(FleetAction.ForceOpen)
        {
            Circuits = "payments",
            Duration = TimeSpan.FromMinutes(5),
            Reason = "maintenance of the bank",
            By = "ann@example.com",
        };

        // The dry run says how much the order would touch.
        var preview = await control.PreviewAsync(order);
        var result = await control.IssueAsync(order);
        return $"{(result.IsAccepted ? "forced open" : "somebody else was faster")}; the dry run said: {preview.Circuits} circuits of {preview.Members} members";
    }

    private static async Task<string> ReleaseAsync(IFleetControl control)
    {
        var result = await control.IssueAsync(
            new FleetOrder(FleetAction.Release)
            {
                Circuits = "payments",
                Reason = "the bank works again",
                By = "ann@example.com",
            }
        );
        var audit = await control.ReadAuditAsync();
        return $"{(result.IsAccepted ? "released" : "somebody else was faster")}; the audit has {audit.Count} entries";
    }
}
