using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>Writes transitions and notices to a log: <c>Listeners = { new LogListener(loggerFactory.CreateLogger&lt;LogListener>()) }</c>.</summary>
/// <remarks>
/// Thread-safe; one instance serves as many breakers as one likes. Levels and event ids, which stay as they are:
/// <list type="table">
/// <item><term><c>open</c></term><description><see cref="LogLevel.Error"/>, 1 <c>CircuitOpened</c></description></item>
/// <item><term><c>half_open</c></term><description><see cref="LogLevel.Information"/>, 2 <c>CircuitHalfOpened</c></description></item>
/// <item><term><c>closed</c></term><description><see cref="LogLevel.Information"/>, 3 <c>CircuitClosed</c></description></item>
/// <item><term><c>forced_open</c></term><description><see cref="LogLevel.Warning"/>, 4 <c>CircuitForcedOpen</c>: somebody meant it</description></item>
/// <item><term><c>disabled</c></term><description><see cref="LogLevel.Warning"/>, 5 <c>CircuitDisabled</c>: nothing protects the dependency</description></item>
/// <item><term><c>metrics_only</c></term><description><see cref="LogLevel.Warning"/>, 6 <c>CircuitMetricsOnly</c>: likewise</description></item>
/// <item><term><see cref="WouldTripNotice"/></term><description><see cref="LogLevel.Warning"/>, 11 <c>CircuitWouldTrip</c></description></item>
/// <item><term><see cref="UserErrorNotice"/></term><description><see cref="LogLevel.Error"/> with the exception, 12 <c>CircuitUserError</c></description></item>
/// <item><term><see cref="SignalsDroppedNotice"/></term><description><see cref="LogLevel.Warning"/>, 13 <c>CircuitSignalsDropped</c></description></item>
/// <item><term><see cref="ReconfiguredNotice"/></term><description><see cref="LogLevel.Information"/>, 14 <c>CircuitReconfigured</c></description></item>
/// </list>
/// Properties of a transition are <c>CircuitName</c>, <c>OldState</c> and <c>NewState</c> (as metrics write them), <c>Reason</c>,
/// <c>SequenceNumber</c>, and where it opened <c>BreakFor</c>, a <see cref="TimeSpan"/> or a text for a break until reset, and <c>BreakText</c>,
/// the same for people (<c>9.05s</c>). Nothing is formatted for a level that is off.
/// </remarks>
/// <param name="logger">Where to write.</param>
public sealed class LogListener(ILogger<LogListener> logger) : ICircuitListener
{
    private const string UntilReset = "ever, until it is reset";

    private readonly ILogger _logger = logger ?? throw new ArgumentNullException(nameof(logger), "logger must not be null.");

    /// <summary>Whether a reconfiguration is written here, and need not be elsewhere.</summary>
    internal bool TellsReconfigurations => _logger.IsEnabled(LogLevel.Information);

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="signal"/> is <see langword="null"/>.</exception>
    public void OnSignal(Signal signal)
    {
        ArgumentNullException.ThrowIfNull(signal);
        var (name, old, state, reason, number) = (
            signal.CircuitName,
            signal.OldState.ToLabel(),
            signal.NewState.ToLabel(),
            signal.Reason.Text,
            signal.SequenceNumber
        );
        switch (signal.NewState)
        {
            case BreakerState.Open when _logger.IsEnabled(LogLevel.Error):
                var text = signal.BreakFor is { } time ? RuleText.Measured(time) : UntilReset;
                LogMessages.Opened(_logger, name, old, state, reason, text, number, (object?)signal.BreakFor ?? UntilReset);
                break;
            case BreakerState.HalfOpen:
                LogMessages.HalfOpened(_logger, name, old, state, reason, number);
                break;
            case BreakerState.Closed:
                LogMessages.Closed(_logger, name, old, state, reason, number);
                break;
            case BreakerState.ForcedOpen:
                LogMessages.ForcedOpen(_logger, name, old, state, reason, number);
                break;
            case BreakerState.Disabled:
                LogMessages.Disabled(_logger, name, old, state, reason, number);
                break;
            case BreakerState.MetricsOnly:
                LogMessages.MetricsOnly(_logger, name, old, state, reason, number);
                break;
        }
    }

    /// <inheritdoc/>
    public void OnNotice(Notice notice)
    {
        switch (notice)
        {
            case WouldTripNotice wouldTrip:
                LogMessages.WouldTrip(_logger, wouldTrip.CircuitName, wouldTrip.Reason.Text);
                break;
            case UserErrorNotice userError:
                LogMessages.UserError(_logger, userError.Error, userError.CircuitName, userError.Source);
                break;
            case SignalsDroppedNotice { Dropped: var dropped }:
                LogMessages.SignalsDropped(
                    _logger,
                    dropped.CircuitName,
                    dropped.OldState.ToLabel(),
                    dropped.NewState.ToLabel(),
                    dropped.SequenceNumber
                );
                break;
            case ReconfiguredNotice reconfigured when _logger.IsEnabled(LogLevel.Information):
                LogMessages.Reconfigured(_logger, reconfigured.CircuitName, string.Join("; ", reconfigured.Changes));
                break;
        }
    }
}
