using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>What <see cref="LogListener"/> writes.</summary>
internal static partial class LogMessages
{
    // BreakFor is exact and stands beside the text, for searches; a property that no text names is called as its parameter.
#pragma warning disable SYSLIB1015
    [LoggerMessage(
        1,
        LogLevel.Error,
        "Circuit {CircuitName} opened: {OldState} -> {NewState} ({Reason}), break for {BreakText}, signal {SequenceNumber}.",
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
        "Circuit {CircuitName} probes: {OldState} -> {NewState} ({Reason}), signal {SequenceNumber}.",
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
        "Circuit {CircuitName} only measures: {OldState} -> {NewState} ({Reason}), signal {SequenceNumber}.",
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

    [LoggerMessage(12, LogLevel.Error, "User code in circuit {CircuitName} failed: its {Source}.", EventName = "CircuitUserError")]
    public static partial void UserError(ILogger logger, Exception error, string circuitName, UserErrorSource source);

    [LoggerMessage(
        13,
        LogLevel.Warning,
        "A listener of circuit {CircuitName} was too slow: signal {SequenceNumber}, {OldState} -> {NewState}, did not reach it.",
        EventName = "CircuitSignalsDropped"
    )]
    public static partial void SignalsDropped(ILogger logger, string circuitName, string oldState, string newState, long sequenceNumber);

    [LoggerMessage(14, LogLevel.Information, "Circuit {CircuitName} was reconfigured: {Changes}.", EventName = "CircuitReconfigured")]
    public static partial void Reconfigured(ILogger logger, string circuitName, string changes);

    [LoggerMessage(
        15,
        LogLevel.Warning,
        "Circuit {CircuitName}: {LeftOut} more notices were not logged within {Period}: {Notice}.",
        EventName = "CircuitNoticesLeftOut"
    )]
    public static partial void NoticesLeftOut(ILogger logger, string circuitName, long leftOut, string period, string notice);
}
