using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fluxgate;

/// <summary>The log messages about settings, in the category <c>Fluxgate.FluxgateBreakers</c>. A group has the name of its settings: <c>BreakerGroups:tenants</c>.</summary>
internal static partial class ConfigurationLog
{
    public static ILogger Of(ILoggerFactory? factory) =>
        factory is null ? NullLogger.Instance : new QuietLogger(factory.CreateLogger("Fluxgate.FluxgateBreakers"));

    [LoggerMessage(
        101,
        LogLevel.Error,
        "Circuit breaker '{Breaker}': the changed configuration is invalid, the previous settings stay in force. {Errors}"
    )]
    public static partial void ChangeRejected(this ILogger log, string breaker, string errors);

    [LoggerMessage(102, LogLevel.Error, "Circuit breaker '{Breaker}': the configuration is invalid, the breaker was not created. {Errors}")]
    public static partial void BreakerRejected(this ILogger log, string breaker, string errors);

    [LoggerMessage(103, LogLevel.Information, "Circuit breaker '{Breaker}': the configuration is valid again.")]
    public static partial void ConfigurationRepaired(this ILogger log, string breaker);

    [LoggerMessage(104, LogLevel.Information, "Circuit breaker '{Breaker}' was reconfigured: {Changes}")]
    public static partial void Reconfigured(this ILogger log, string breaker, string changes);

    [LoggerMessage(105, LogLevel.Warning, "Circuit breaker '{Breaker}': {Warning}")]
    public static partial void RuleWarning(this ILogger log, string breaker, string warning);

    [LoggerMessage(
        106,
        LogLevel.Warning,
        "Circuit breaker '{Breaker}' was removed from the configuration. It keeps its last settings until the application stops."
    )]
    public static partial void BreakerRemoved(this ILogger log, string breaker);

    [LoggerMessage(107, LogLevel.Error, "The configuration file '{File}' {Problem}. Its previous values stay in force: {Keys}.")]
    public static partial void FileUnavailable(this ILogger log, string file, string problem, string keys);

    [LoggerMessage(114, LogLevel.Information, "The configuration file '{File}' was loaded again.")]
    public static partial void FileLoaded(this ILogger log, string file);

    [LoggerMessage(
        115,
        LogLevel.Warning,
        "Keys were removed from the configuration: {Keys}. Their settings return to the values from code or to the defaults."
    )]
    public static partial void KeysRemoved(this ILogger log, string keys);

    [LoggerMessage(
        109,
        LogLevel.Warning,
        "Circuit breaker '{Breaker}': these changes take effect when the application restarts: {Changes}"
    )]
    public static partial void ChangePending(this ILogger log, string breaker, string changes);

    [LoggerMessage(
        117,
        LogLevel.Warning,
        "Circuit breaker '{Breaker}': these changes apply only to breakers that are created from now on: {Changes}"
    )]
    public static partial void ChangeOfNewBreakers(this ILogger log, string breaker, string changes);

    [LoggerMessage(110, LogLevel.Warning, "The configuration section '{Path}' is missing or empty, so it configures no circuit breakers.")]
    public static partial void SectionMissing(this ILogger log, string path);

    [LoggerMessage(
        111,
        LogLevel.Warning,
        "The configuration defines the circuit breaker '{Configured}', and code defines '{Coded}'. They are two breakers. If one is meant, use the same name in both; if two are meant, define both in code."
    )]
    public static partial void NamesSimilar(this ILogger log, string configured, string coded);

    [LoggerMessage(
        113,
        LogLevel.Warning,
        "The value '{Text}' at {Path} has no effect: code overwrites it with {InForce}. To give the configuration precedence, add it after that code."
    )]
    public static partial void ValueOverwritten(this ILogger log, string path, string text, string inForce);

    [LoggerMessage(
        116,
        LogLevel.Warning,
        "The options named '{Options}' configure no circuit breaker: options names are case-sensitive, and the breaker is named '{Breaker}'."
    )]
    public static partial void OptionsOfOtherCase(this ILogger log, string options, string breaker);

    [LoggerMessage(112, LogLevel.Warning, "{Reference}")]
    public static partial void ReferenceUndefined(this ILogger log, string reference);

    [LoggerMessage(108, LogLevel.Error, "A changed configuration could not be applied to the circuit breakers.")]
    public static partial void ReloadFailed(this ILogger log, Exception error);
}
