using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>The log messages of <see cref="SlackListener"/>.</summary>
internal static partial class SlackLog
{
    [LoggerMessage(
        21,
        LogLevel.Error,
        "A Slack message about circuit {CircuitName} was not posted: {Problem}, last attempt {Attempt}.",
        EventName = "SlackPostFailed"
    )]
    public static partial void PostFailed(ILogger logger, string circuitName, string problem, int attempt);

    [LoggerMessage(
        22,
        LogLevel.Error,
        "{Omitted} more Slack messages about circuit {CircuitName} were not posted within {Period}: {Problem}.",
        EventName = "SlackPostsFailed"
    )]
    public static partial void PostsFailed(ILogger logger, long omitted, string circuitName, string period, string problem);
}
