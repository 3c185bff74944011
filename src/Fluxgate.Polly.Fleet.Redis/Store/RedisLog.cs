using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>The log messages of the store, in the category <c>Fluxgate.Fleet</c>.</summary>
internal static partial class RedisLog
{
    [LoggerMessage(
        221,
        LogLevel.Warning,
        "The Redis of the fleet '{Fleet}' evicts keys when its memory is full (maxmemory-policy {Policy}): {Lost} may be lost. Members restore what they know. Use noeviction."
    )]
    public static partial void MayEvict(this ILogger log, string fleet, string policy, string lost);

    [LoggerMessage(
        222,
        LogLevel.Warning,
        "The fleet '{Fleet}' receives no hints from Redis, so this member reads the store at its interval only: {Error}"
    )]
    public static partial void NoHints(this ILogger log, string fleet, string error);
}
