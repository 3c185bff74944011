using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>What <see cref="SlackListener"/> has to say of itself.</summary>
internal static partial class SlackLog
{
    [LoggerMessage(
        21,
        LogLevel.Error,
        "Slack did not take a message about circuit {CircuitName}: {Problem}, at attempt {Attempt}, which was the last.",
        EventName = "SlackGaveUp"
    )]
    public static partial void GaveUp(ILogger logger, string circuitName, string problem, int attempt);

    [LoggerMessage(
        22,
        LogLevel.Error,
        "Slack did not take {LeftOut} more messages about circuit {CircuitName} within {Period}: {Problem}.",
        EventName = "SlackGaveUpAgain"
    )]
    public static partial void GaveUpAgain(ILogger logger, long leftOut, string circuitName, string period, string problem);
}
