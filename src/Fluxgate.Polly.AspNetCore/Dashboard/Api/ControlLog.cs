using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>The log of the actions: who did what, and why.</summary>
internal static partial class ControlLog
{
    public const string Category = "Fluxgate.Dashboard";

    [LoggerMessage(
        200,
        LogLevel.Warning,
        "{User} requested {Action} for {Circuit}: {Reason}. Changed: {Changed}, state now: {State}.",
        EventName = "CircuitControlled"
    )]
    public static partial void Controlled(
        ILogger logger,
        string user,
        string action,
        string circuit,
        string reason,
        bool changed,
        string state
    );

    [LoggerMessage(201, LogLevel.Warning, "{User} was refused {Action} for {Circuit}: {Why}", EventName = "CircuitControlRefused")]
    public static partial void Refused(ILogger logger, string user, string action, string circuit, string why);

    [LoggerMessage(
        203,
        LogLevel.Warning,
        "{User} requested {Action} of {Circuits} in the fleet {Fleet}: {Reason}. Issued: {Result}.",
        EventName = "FleetControlled"
    )]
    public static partial void FleetControlled(
        ILogger logger,
        string user,
        string action,
        string circuits,
        string fleet,
        string reason,
        string result
    );
}
