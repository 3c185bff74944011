using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>Logs transitions and notices: <c>Listeners = { new LogListener(loggerFactory.CreateLogger&lt;LogListener>()) }</c>.</summary>
/// <remarks>
/// Thread-safe. One instance can log the signals of many breakers. The levels and event ids do not change between versions:
/// <list type="table">
/// <item><term><c>open</c></term><description><see cref="LogLevel.Error"/>, 1 <c>CircuitOpened</c></description></item>
/// <item><term><c>half_open</c></term><description><see cref="LogLevel.Information"/>, 2 <c>CircuitHalfOpened</c></description></item>
/// <item><term><c>closed</c></term><description><see cref="LogLevel.Information"/>, 3 <c>CircuitClosed</c></description></item>
/// <item><term><c>forced_open</c></term><description><see cref="LogLevel.Warning"/>, 4 <c>CircuitForcedOpen</c>: an operator rejects all calls</description></item>
/// <item><term><c>disabled</c></term><description><see cref="LogLevel.Warning"/>, 5 <c>CircuitDisabled</c>: the dependency is not protected</description></item>
/// <item><term><c>metrics_only</c></term><description><see cref="LogLevel.Warning"/>, 6 <c>CircuitMetricsOnly</c>: the dependency is not protected</description></item>
/// <item><term><see cref="WouldTripNotice"/></term><description><see cref="LogLevel.Warning"/>, 11 <c>CircuitWouldTrip</c></description></item>
/// <item><term><see cref="UserErrorNotice"/></term><description><see cref="LogLevel.Error"/> with the exception, 12 <c>CircuitUserError</c></description></item>
/// <item><term><see cref="SignalsDroppedNotice"/></term><description><see cref="LogLevel.Warning"/>, 13 <c>CircuitSignalsDropped</c></description></item>
/// <item><term><see cref="ReconfiguredNotice"/></term><description><see cref="LogLevel.Information"/>, 14 <c>CircuitReconfigured</c></description></item>
/// <item><term><see cref="LeaseExceededNotice"/></term><description><see cref="LogLevel.Warning"/>, 16 <c>CircuitLeaseExceeded</c></description></item>
/// <item><term><see cref="GroupFullNotice"/></term><description><see cref="LogLevel.Warning"/>, 17 <c>CircuitGroupFull</c></description></item>
/// <item><term>omitted notices</term><description><see cref="LogLevel.Warning"/>, 15 <c>CircuitNoticesOmitted</c></description></item>
/// </list>
/// <para>
/// All transitions and reconfigurations are logged. Every call may cause one of the other notices, so they are limited: the first of a kind is
/// logged at once; the following ones are counted, and their number (<c>Omitted</c>) is logged once a minute on the breaker's clock, until a
/// minute passes without one. A kind is a circuit with the type of the notice; for errors in user code, also with their source and the type of
/// the exception. The snapshot and the metrics of the breaker count all of them.
/// </para>
/// <para>
/// The properties of a transition are <c>CircuitName</c>, <c>OldState</c> and <c>NewState</c> (the labels of the metrics), <c>Reason</c> and
/// <c>SequenceNumber</c>. An opened circuit also has <c>BreakFor</c>, a <see cref="TimeSpan"/> or the text <c>until reset</c>, and
/// <c>BreakText</c>, the same as short text (<c>9.05s</c>). Control characters in names and reasons are replaced by spaces. Nothing is
/// formatted for a level that is disabled.
/// </para>
/// <para>
/// If Polly.Extensions logs the telemetry of the pipeline too, a trip that a call causes is logged as an error twice. To log it once, lower the
/// severity of Polly's event: see
/// <see href="https://www.pollydocs.org/advanced/telemetry">SeverityProvider</see> and "One error in the log for each trip" in
/// <c>docs/migrating.md</c>.
/// </para>
/// </remarks>
/// <param name="logger">The logger.</param>
public sealed class LogListener(ILogger<LogListener> logger) : ICircuitListener
{
    private const string UntilReset = "until reset";

    private readonly RepeatLimit _limit = new();

    /// <summary>The clocks of the breakers that do not use the system's, by name, with the number of breakers of that name.</summary>
    private readonly Dictionary<string, (TimeProvider Clock, int Breakers)> _clocks = new(StringComparer.Ordinal);

    private readonly ILogger _logger = logger ?? throw new ArgumentNullException(nameof(logger), "logger must not be null.");

    /// <summary>Gets whether this listener logs reconfigurations, so that nothing else has to.</summary>
    internal bool LogsReconfigurations => new QuietLogger(_logger).IsEnabled(LogLevel.Information);

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="breaker"/> is <see langword="null"/>.</exception>
    public void OnAttached(FluxgateBreaker breaker)
    {
        ArgumentNullException.ThrowIfNull(breaker);
        if (breaker.TimeProvider != TimeProvider.System)
        {
            lock (_clocks)
            {
                _clocks[breaker.Name] = (breaker.TimeProvider, _clocks.GetValueOrDefault(breaker.Name).Breakers + 1);
            }
        }
    }

    /// <summary>Logs how many notices of the breaker were omitted since the last line.</summary>
    /// <param name="breaker">The breaker that was disposed.</param>
    /// <exception cref="ArgumentNullException"><paramref name="breaker"/> is <see langword="null"/>.</exception>
    public void OnDetached(FluxgateBreaker breaker)
    {
        ArgumentNullException.ThrowIfNull(breaker);
        lock (_clocks)
        {
            // A group may have created the next breaker of the key already.
            if (breaker.TimeProvider != TimeProvider.System && _clocks.Remove(breaker.Name, out var known) && known.Breakers > 1)
            {
                _clocks.Add(breaker.Name, (known.Clock, known.Breakers - 1));
            }
        }

        // Last, because a user's logger or timer may hang.
        _limit.End(breaker.Name);
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
            case WouldTripNotice wouldTrip when ShouldLog(notice, typeof(WouldTripNotice), "it would have opened"):
                LogMessages.WouldTrip(_logger, OneLine.Of(wouldTrip.CircuitName), wouldTrip.Reason.Text);
                break;
            case UserErrorNotice { Source: var source, Error: var error }
                when ShouldLog(notice, (source, error.GetType()), $"its {source} threw {error.GetType().Name}"):
                LogMessages.UserError(_logger, error, OneLine.Of(notice.CircuitName), source);
                break;
            case SignalsDroppedNotice { Dropped: var dropped } when ShouldLog(notice, typeof(SignalsDroppedNotice), "a signal was dropped"):
                LogMessages.SignalsDropped(
                    _logger,
                    OneLine.Of(dropped.CircuitName),
                    dropped.OldState.ToLabel(),
                    dropped.NewState.ToLabel(),
                    dropped.SequenceNumber
                );
                break;
            case LeaseExceededNotice { Duration: var duration, Lease: var lease }
                when ShouldLog(notice, typeof(LeaseExceededNotice), "a probe succeeded after its lease"):
                LogMessages.LeaseExceeded(_logger, OneLine.Of(notice.CircuitName), RuleText.Measured(duration), RuleText.Duration(lease));
                break;
            case GroupFullNotice { GroupName: var group, MaxBreakers: var places }
                when ShouldLog(notice, typeof(GroupFullNotice), "all places of the group were taken"):
                LogMessages.GroupFull(_logger, places, OneLine.Of(group), OneLine.Of(notice.CircuitName));
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

    private bool ShouldLog(Notice notice, object kind, string description)
    {
        var name = notice.CircuitName;
        return _limit.ShouldReport(
            name,
            kind,
            ClockOf(name),
            omitted => LogMessages.NoticesOmitted(_logger, OneLine.Of(name), omitted, RuleText.Duration(RepeatLimit.Period), description)
        );
    }

    private TimeProvider ClockOf(string name)
    {
        lock (_clocks)
        {
            return _clocks.TryGetValue(name, out var known) ? known.Clock : TimeProvider.System;
        }
    }
}
