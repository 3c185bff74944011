using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fluxgate;

/// <summary>The log messages of a fleet, in the category <c>Fluxgate.Fleet</c>.</summary>
internal static partial class FleetLog
{
    public static ILogger Of(ILoggerFactory? factory) =>
        factory is null ? NullLogger.Instance : new QuietLogger(factory.CreateLogger("Fluxgate.Fleet"));

    [LoggerMessage(
        201,
        LogLevel.Information,
        "This process joined the fleet '{Fleet}' as '{Member}'. Its store has {Directives} directives."
    )]
    public static partial void Joined(this ILogger log, string fleet, string member, int directives);

    [LoggerMessage(
        202,
        LogLevel.Warning,
        "The store of the fleet '{Fleet}' does not work: {Error} Until it works again, the circuit breakers decide alone, and the known directives stay in force."
    )]
    public static partial void StoreLost(this ILogger log, string fleet, string error);

    [LoggerMessage(
        203,
        LogLevel.Information,
        "The store of the fleet '{Fleet}' works again, after {Failures} failed exchanges in {Elapsed}."
    )]
    public static partial void StoreFound(this ILogger log, string fleet, long failures, string elapsed);

    [LoggerMessage(
        204,
        LogLevel.Warning,
        "The host starts without the directives of the fleet '{Fleet}': its store has not responded within {Timeout}."
    )]
    public static partial void StartedWithoutDirectives(this ILogger log, string fleet, string timeout);

    [LoggerMessage(205, LogLevel.Warning, "Circuit breaker '{Breaker}' is {State}: {Reason}")]
    public static partial void DirectiveObeyed(this ILogger log, string breaker, string state, string reason);

    [LoggerMessage(206, LogLevel.Warning, "Circuit breaker '{Breaker}' is {State}, which differs from the directive: {Directive}")]
    public static partial void Divergence(this ILogger log, string breaker, string state, string directive);

    [LoggerMessage(207, LogLevel.Information, "This process {IsLeader} the leader of the fleet '{Fleet}'.")]
    public static partial void Leads(this ILogger log, string isLeader, string fleet);

    [LoggerMessage(208, LogLevel.Warning, "A message in the store of the fleet '{Fleet}' is ignored: the {Kind} of '{Member}'. {Error}")]
    public static partial void MessageIgnored(this ILogger log, string fleet, string kind, string member, string error);

    [LoggerMessage(
        209,
        LogLevel.Warning,
        "The store of the fleet '{Fleet}' had lost directives. This process restored the {Count} that it knows, at revision {Revision}."
    )]
    public static partial void DirectivesRestored(this ILogger log, string fleet, int count, long revision);

    [LoggerMessage(
        210,
        LogLevel.Warning,
        "The store of the fleet '{Fleet}' has lost directives that this process knows, and refuses to accept them from it: {Error}"
    )]
    public static partial void DirectivesRefused(this ILogger log, string fleet, string error);

    [LoggerMessage(211, LogLevel.Warning, "The file '{File}' of the last known directives does not work: {Error}")]
    public static partial void FileFailed(this ILogger log, string file, string error);

    [LoggerMessage(212, LogLevel.Error, "A step of the fleet '{Fleet}' failed. The next step follows after the interval.")]
    public static partial void StepFailed(this ILogger log, string fleet, Exception error);

    [LoggerMessage(213, LogLevel.Warning, "A directive was issued in the fleet '{Fleet}': {Directive}")]
    public static partial void DirectiveIssued(this ILogger log, string fleet, string directive);
}
