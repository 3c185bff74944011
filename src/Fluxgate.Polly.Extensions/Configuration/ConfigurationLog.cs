using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fluxgate;

/// <summary>What is logged about settings. The category is <c>Fluxgate.FluxgateBreakers</c>.</summary>
internal static partial class ConfigurationLog
{
    public static ILogger Of(ILoggerFactory? factory) => factory?.CreateLogger("Fluxgate.FluxgateBreakers") ?? NullLogger.Instance;

    [LoggerMessage(
        101,
        LogLevel.Error,
        "Circuit breaker '{Breaker}': a changed configuration is refused, the old settings stay in force. {Problems}"
    )]
    public static partial void ChangeRefused(this ILogger log, string breaker, string problems);

    [LoggerMessage(
        102,
        LogLevel.Error,
        "Circuit breaker '{Breaker}': its configuration is refused, there is no such breaker yet. {Problems}"
    )]
    public static partial void BreakerRefused(this ILogger log, string breaker, string problems);

    [LoggerMessage(103, LogLevel.Information, "Circuit breaker '{Breaker}': its configuration is in order again.")]
    public static partial void ChangeRepaired(this ILogger log, string breaker);

    [LoggerMessage(104, LogLevel.Information, "Circuit breaker '{Breaker}' goes on under changed settings: {Changes}")]
    public static partial void Reconfigured(this ILogger log, string breaker, string changes);

    [LoggerMessage(105, LogLevel.Warning, "Circuit breaker '{Breaker}': {Warning}")]
    public static partial void RuleWarning(this ILogger log, string breaker, string warning);

    [LoggerMessage(
        106,
        LogLevel.Warning,
        "Circuit breaker '{Breaker}' is no longer named by the configuration; it goes on under its last settings until the application ends."
    )]
    public static partial void BreakerGone(this ILogger log, string breaker);

    [LoggerMessage(107, LogLevel.Error, "The configuration file '{File}' {Problem}. What it said before stays in force: {Keys}.")]
    public static partial void FileLost(this ILogger log, string file, string problem, string keys);

    [LoggerMessage(114, LogLevel.Information, "The configuration file '{File}' is loaded again.")]
    public static partial void FileFound(this ILogger log, string file);

    [LoggerMessage(
        115,
        LogLevel.Warning,
        "The configuration no longer has {Keys}. These settings return to what code or the defaults say."
    )]
    public static partial void KeysRemoved(this ILogger log, string keys);

    [LoggerMessage(
        109,
        LogLevel.Warning,
        "Circuit breaker '{Breaker}': a change waits until the application starts again, since it holds from a breaker's beginning: {Changes}"
    )]
    public static partial void ChangeWaits(this ILogger log, string breaker, string changes);

    [LoggerMessage(
        110,
        LogLevel.Warning,
        "The configuration holds nothing at '{Path}', where circuit breakers should get their settings from: it is not there, or is empty."
    )]
    public static partial void SectionMissing(this ILogger log, string path);

    [LoggerMessage(
        111,
        LogLevel.Warning,
        "The circuit breaker '{Configured}' is named by the configuration alone, '{Coded}' by code alone. They are two, and neither has what stands there for the other: if one is meant, spell it alike; if both are, name both in code."
    )]
    public static partial void NearMiss(this ILogger log, string configured, string coded);

    [LoggerMessage(
        113,
        LogLevel.Warning,
        "Code has the last word: '{Text}' at {Path} has no effect, in force is {InForce}. Where the configuration is to win, code must come before it."
    )]
    public static partial void ValueOverwritten(this ILogger log, string path, string text, string inForce);

    [LoggerMessage(
        116,
        LogLevel.Warning,
        "Options named '{Options}' configure no circuit breaker: options names are case-sensitive, and the breaker is named '{Breaker}'."
    )]
    public static partial void OptionsOfOtherCase(this ILogger log, string options, string breaker);

    [LoggerMessage(112, LogLevel.Warning, "{Unknown}")]
    public static partial void NameUnknown(this ILogger log, string unknown);

    [LoggerMessage(108, LogLevel.Error, "Taking on a changed configuration of the circuit breakers failed.")]
    public static partial void ReloadFailed(this ILogger log, Exception error);
}
