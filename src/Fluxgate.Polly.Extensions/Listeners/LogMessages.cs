using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>The log messages of <see cref="LogListener"/>.</summary>
internal static partial class LogMessages
{
    // BreakFor is exact, for searches, and not in the text. Such a property has the name of its parameter.
#pragma warning disable SYSLIB1015
    [LoggerMessage(
        1,
        LogLevel.Error,
        "Circuit {CircuitName} opened: {OldState} -> {NewState} ({Reason}), break duration {BreakText}, signal {SequenceNumber}.",
        EventName = "CircuitOpened"
    )]
    public static partial void Opened(
        ILogger logger,
        string circuitName,
        string oldState,
        string newState,
        string reason,
        string breakText,
        long sequenceNumber,
        object BreakFor
    );
#pragma warning restore SYSLIB1015

    [LoggerMessage(
        2,
        LogLevel.Information,
        "Circuit {CircuitName} half-opened: {OldState} -> {NewState} ({Reason}), signal {SequenceNumber}.",
        EventName = "CircuitHalfOpened"
    )]
    public static partial void HalfOpened(
        ILogger logger,
        string circuitName,
        string oldState,
        string newState,
        string reason,
        long sequenceNumber
    );

    [LoggerMessage(
        3,
        LogLevel.Information,
        "Circuit {CircuitName} closed: {OldState} -> {NewState} ({Reason}), signal {SequenceNumber}.",
        EventName = "CircuitClosed"
    )]
    public static partial void Closed(
        ILogger logger,
        string circuitName,
        string oldState,
        string newState,
        string reason,
        long sequenceNumber
    );

    [LoggerMessage(
        4,
        LogLevel.Warning,
        "Circuit {CircuitName} was forced open: {OldState} -> {NewState} ({Reason}), signal {SequenceNumber}.",
        EventName = "CircuitForcedOpen"
    )]
    public static partial void ForcedOpen(
        ILogger logger,
        string circuitName,
        string oldState,
        string newState,
        string reason,
        long sequenceNumber
    );

    [LoggerMessage(
        5,
        LogLevel.Warning,
        "Circuit {CircuitName} was disabled: {OldState} -> {NewState} ({Reason}), signal {SequenceNumber}.",
        EventName = "CircuitDisabled"
    )]
    public static partial void Disabled(
        ILogger logger,
        string circuitName,
        string oldState,
        string newState,
        string reason,
        long sequenceNumber
    );

    [LoggerMessage(
        6,
        LogLevel.Warning,
        "Circuit {CircuitName} collects metrics only: {OldState} -> {NewState} ({Reason}), signal {SequenceNumber}.",
        EventName = "CircuitMetricsOnly"
    )]
    public static partial void MetricsOnly(
        ILogger logger,
        string circuitName,
        string oldState,
        string newState,
        string reason,
        long sequenceNumber
    );

    [LoggerMessage(11, LogLevel.Warning, "Circuit {CircuitName} would have opened ({Reason}).", EventName = "CircuitWouldTrip")]
    public static partial void WouldTrip(ILogger logger, string circuitName, string reason);

    [LoggerMessage(12, LogLevel.Error, "The {Source} of circuit {CircuitName} threw an exception.", EventName = "CircuitUserError")]
    public static partial void UserError(ILogger logger, Exception error, string circuitName, UserErrorSource source);

    [LoggerMessage(
        13,
        LogLevel.Warning,
        "A listener of circuit {CircuitName} was too slow: signal {SequenceNumber} ({OldState} -> {NewState}) was dropped.",
        EventName = "CircuitSignalsDropped"
    )]
    public static partial void SignalsDropped(ILogger logger, string circuitName, string oldState, string newState, long sequenceNumber);

    [LoggerMessage(14, LogLevel.Information, "Circuit {CircuitName} was reconfigured: {Changes}.", EventName = "CircuitReconfigured")]
    public static partial void Reconfigured(ILogger logger, string circuitName, string changes);

    [LoggerMessage(
        15,
        LogLevel.Warning,
        "Circuit {CircuitName}: {Omitted} more notices were not logged within {Period}: {Notice}.",
        EventName = "CircuitNoticesOmitted"
    )]
    public static partial void NoticesOmitted(ILogger logger, string circuitName, long omitted, string period, string notice);

    [LoggerMessage(
        16,
        LogLevel.Warning,
        "A probe of circuit {CircuitName} succeeded after {DurationText}, but counted as a failure after its lease of {LeaseText}. Increase ProbeLease if healthy calls take that long.",
        EventName = "CircuitLeaseExceeded"
    )]
    public static partial void LeaseExceeded(ILogger logger, string circuitName, string durationText, string leaseText);

    [LoggerMessage(
        17,
        LogLevel.Warning,
        "All {MaxBreakers} places of group {GroupName} are taken, so further keys share circuit {CircuitName}. Increase MaxBreakers if the group has that many keys.",
        EventName = "CircuitGroupFull"
    )]
    public static partial void GroupFull(ILogger logger, int maxBreakers, string groupName, string circuitName);
}
