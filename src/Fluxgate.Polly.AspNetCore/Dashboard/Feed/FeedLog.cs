using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>The log messages of the feed.</summary>
internal static partial class FeedLog
{
    [LoggerMessage(202, LogLevel.Error, "The circuits could not be read for the dashboard.", EventName = "DashboardReadingFailed")]
    public static partial void ReadingFailed(ILogger logger, Exception error);

    [LoggerMessage(204, LogLevel.Error, "A timer of the dashboard could not be started or disposed.", EventName = "DashboardTimerFailed")]
    public static partial void TimerFailed(ILogger logger, Exception error);
}
