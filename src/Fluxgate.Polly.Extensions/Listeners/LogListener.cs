using System.Collections.Concurrent;
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
/// <item><term>notices left out</term><description><see cref="LogLevel.Warning"/>, 15 <c>CircuitNoticesLeftOut</c></description></item>
/// </list>
/// Transitions and reconfigurations are all written. Of the other notices, which every call may cause, the first of a kind is written at once;
/// those that follow are counted, and one line a minute on the breaker's clock says how many (<c>LeftOut</c>), until a minute passes without any.
/// A kind is a circuit with the notice's type; of errors in user code, with their source and the type of the exception. The breaker's
/// snapshot and metrics count them all. Names and reasons are written on one line: control characters in them become spaces.
/// Properties of a transition are <c>CircuitName</c>, <c>OldState</c> and <c>NewState</c> (as metrics write them), <c>Reason</c>,
/// <c>SequenceNumber</c>, and where it opened <c>BreakFor</c>, a <see cref="TimeSpan"/> or a text for a break until reset, and <c>BreakText</c>,
/// the same for people (<c>9.05s</c>). Nothing is formatted for a level that is off.
/// </remarks>
/// <param name="logger">Where to write.</param>
public sealed class LogListener(ILogger<LogListener> logger) : ICircuitListener
{
    private const string UntilReset = "ever, until it is reset";

    private readonly RepeatLimit _limit = new();

    /// <summary>The clocks of breakers that do not use the system's, by name.</summary>
    private readonly ConcurrentDictionary<string, TimeProvider> _clocks = new(StringComparer.Ordinal);

    private readonly ILogger _logger = logger ?? throw new ArgumentNullException(nameof(logger), "logger must not be null.");

    /// <summary>Whether a reconfiguration is written here, and need not be elsewhere.</summary>
    internal bool TellsReconfigurations => _logger.IsEnabled(LogLevel.Information);

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="breaker"/> is <see langword="null"/>.</exception>
    public void OnAttached(FluxgateBreaker breaker)
    {
        ArgumentNullException.ThrowIfNull(breaker);
        if (breaker.TimeProvider != TimeProvider.System)
        {
            _clocks[breaker.Name] = breaker.TimeProvider;
        }
    }

    /// <summary>Writes how many notices of the breaker were left out since the last line.</summary>
    /// <param name="breaker">The breaker that was disposed.</param>
    /// <exception cref="ArgumentNullException"><paramref name="breaker"/> is <see langword="null"/>.</exception>
    public void OnDetached(FluxgateBreaker breaker)
    {
        ArgumentNullException.ThrowIfNull(breaker);
        _limit.End(breaker.Name);
        _clocks.TryRemove(breaker.Name, out _);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="signal"/> is <see langword="null"/>.</exception>
    public void OnSignal(Signal signal)
    {
        ArgumentNullException.ThrowIfNull(signal);
        var (name, old, state, reason, number) = (
            OneLine.Of(signal.CircuitName),
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
            case WouldTripNotice wouldTrip when Admits(notice, typeof(WouldTripNotice), "it would have opened"):
                LogMessages.WouldTrip(_logger, OneLine.Of(wouldTrip.CircuitName), wouldTrip.Reason.Text);
                break;
            case UserErrorNotice { Source: var source, Error: var error }
                when Admits(notice, (source, error.GetType()), $"its {source} failed with {error.GetType().Name}"):
                LogMessages.UserError(_logger, error, OneLine.Of(notice.CircuitName), source);
                break;
            case SignalsDroppedNotice { Dropped: var dropped }
                when Admits(notice, typeof(SignalsDroppedNotice), "a signal did not reach a listener"):
                LogMessages.SignalsDropped(
                    _logger,
                    OneLine.Of(dropped.CircuitName),
                    dropped.OldState.ToLabel(),
                    dropped.NewState.ToLabel(),
                    dropped.SequenceNumber
                );
                break;
            case ReconfiguredNotice reconfigured when _logger.IsEnabled(LogLevel.Information):
                LogMessages.Reconfigured(
                    _logger,
                    OneLine.Of(reconfigured.CircuitName),
                    OneLine.Of(string.Join("; ", reconfigured.Changes))
                );
                break;
        }
    }

    private bool Admits(Notice notice, object kind, string words)
    {
        var name = notice.CircuitName;
        return _limit.Admits(
            name,
            kind,
            _clocks.GetValueOrDefault(name, TimeProvider.System),
            leftOut => LogMessages.NoticesLeftOut(_logger, OneLine.Of(name), leftOut, RuleText.Duration(RepeatLimit.Period), words)
        );
    }
}
