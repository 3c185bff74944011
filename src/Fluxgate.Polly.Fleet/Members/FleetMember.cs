using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>
/// This process in its fleet. Each step writes the digest, reads the summary and the directives, and obeys them. A step bounds what it waits for and never throws; it runs on the
/// member's own loop, never in a call of a breaker.
/// </summary>
internal sealed partial class FleetMember
{
    /// <summary>After how many intervals without progress a member counts as gone, and so does a leader.</summary>
    private const int IntervalsOfPatience = 3;

    /// <summary>How many members, on average, try the same action at once, such as taking the lead.</summary>
    private const double AtOnce = 10;

    private const int MostCallsOfUsers = 16;

    private static readonly TimeSpan MembersPerInterval = TimeSpan.FromMilliseconds(1);

    /// <summary>The longest interval, whatever the summary says about the number of members.</summary>
    private static readonly TimeSpan LongestInterval = TimeSpan.FromMinutes(1);

    /// <summary>The longest wait for an exchange: a directive that ends meanwhile waits for it.</summary>
    private static readonly TimeSpan LongestExchange = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LongestLeave = TimeSpan.FromSeconds(2);

    private readonly FleetOptions _options;
    private readonly Func<IReadOnlyCollection<FluxgateBreaker>> _circuits;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _log;
    private readonly Func<double> _random;
    private readonly StoreCalls _store;
    private readonly StoreClock _clock;
    private readonly DirectivesFile _file;
    private readonly DigestBuilder _digests;
    private readonly Obedience _obedience;
    private readonly Leadership _leadership;
    private volatile FleetSummary? _summary;
    private long _summaryRevision;
    private long _summaryAt;
    private long _exchangedAt;
    private long? _failedToLeadAt;
    private bool _isRefused;
    private volatile FleetStatus _status = new();

    public FleetMember(
        FleetOptions options,
        IFleetStore store,
        Func<IReadOnlyCollection<FluxgateBreaker>> circuits,
        TimeProvider timeProvider,
        ILogger log,
        Func<double>? random = null
    )
    {
        _options = options;
        Store = store;
        _circuits = circuits;
        _timeProvider = timeProvider;
        _log = log;
        _random = random ?? Random.Shared.NextDouble;
        Identity = new(options.MemberId ?? FleetIdentity.NewId(), options.Zone);
        _store = new(store, timeProvider, mostAtOnce: 1);
        CallsOfUsers = new(store, timeProvider, MostCallsOfUsers);
        _clock = new(timeProvider);
        _file = new(options.DirectivesFile, timeProvider, log);
        _digests = new(timeProvider);
        _obedience = new(Identity, timeProvider, log);
        _leadership = new(Identity.Id, timeProvider);
    }

    public FleetIdentity Identity { get; }

    public string Fleet => _options.Name;

    public IFleetStore Store { get; }

    /// <summary>Gets the calls of the store that control and view make. They do not wait for the exchange of the member.</summary>
    public StoreCalls CallsOfUsers { get; }

    public TimeProvider TimeProvider => _timeProvider;

    public Knowledge Knowledge { get; } = new();

    public FleetSummary? Summary => _summary;

    /// <summary>Gets the time since the summary last changed; <see langword="null"/> if there is none.</summary>
    public TimeSpan? SummaryAge => _summary is null ? null : _timeProvider.GetElapsedTime(Volatile.Read(ref _summaryAt));

    public DateTimeOffset? StoreTime => _clock.Now;

    public FleetStatus Status =>
        _status is { Exchanges: > 0 } status
            ? status with
            {
                LastExchange = _timeProvider.GetElapsedTime(Volatile.Read(ref _exchangedAt)),
            }
            : _status;

    /// <summary>Gets the interval, which grows with the number of members.</summary>
    public TimeSpan Interval
    {
        get
        {
            var needed = Shorter(MembersPerInterval * (_summary?.Members ?? 0), LongestInterval);
            return needed > _options.Interval ? needed : _options.Interval;
        }
    }

    private TimeSpan Deadline => Shorter(Interval, LongestExchange);

    /// <summary>Gets how long a member may be silent before it counts as gone.</summary>
    public TimeSpan Patience => Interval * IntervalsOfPatience;

    /// <summary>Exchanges once with the store, and obeys the directives.</summary>
    public async Task StepAsync(CancellationToken stopping = default)
    {
        (_hasFailedBefore, _hasFailed) = (_hasFailed, false);
        try
        {
            var circuits = _circuits();
            var isConnected = await TryExchangeAsync(circuits, stopping).ConfigureAwait(false);
            await ObeyAsync(circuits, stopping).ConfigureAwait(false);
            if (isConnected)
            {
                await TryAsync(RestoreAsync, stopping).ConfigureAwait(false);
                await TryAsync(LeadAsync, stopping).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is not OperationCanceledException || !stopping.IsCancellationRequested)
        {
            Report(error);
        }
    }

    /// <summary>Obeys the directives as they are known now: some may have ended since the last exchange.</summary>
    public async Task ObeyAsync(CancellationToken stopping = default)
    {
        try
        {
            // First, so that a directive that has ended does not wake the loop again.
            Tidy();
            await ObeyAsync(_circuits(), stopping).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OperationCanceledException || !stopping.IsCancellationRequested)
        {
            Report(error);
        }
    }

    /// <summary>Takes over the directives that were known when the process ended.</summary>
    public void LoadFile()
    {
        if (_file.Load() is { } loaded)
        {
            _clock.Set(loaded.StoreTime);
            Knowledge.Add(loaded.Directives, loaded.StoreTime);
        }
    }

    private async Task ObeyAsync(IReadOnlyCollection<FluxgateBreaker> circuits, CancellationToken stopping)
    {
        if (_clock.Now is { } now)
        {
            // At the same time: directives that are left have not ended.
            Knowledge.Tidy(now);
            await _obedience.ApplyAsync(circuits, Knowledge.Directives, now, stopping).ConfigureAwait(false);
            _status = _status with { Circuits = circuits.Count, Divergent = circuits.Count(circuit => _obedience.Of(circuit).IsDivergent) };
        }
    }

    private void Tidy()
    {
        if (_clock.Now is { } now)
        {
            Knowledge.Tidy(now);
        }
    }

    private async Task<bool> TryExchangeAsync(IReadOnlyCollection<FluxgateBreaker> circuits, CancellationToken stopping)
    {
        var interval = Interval;
        var digest = DigestCodec.Write(_digests.Build(Identity.Zone, Knowledge.StoreRevision, circuits, _obedience));
        var exchange = new FleetExchange(Identity.Id, digest, DigestTimeToLive(interval), _summaryRevision, Knowledge.StoreRevision);
        try
        {
            var reading = await _store
                .CallAsync((store, token) => store.ExchangeAsync(exchange, token), Deadline, stopping)
                .ConfigureAwait(false);
            _digests.Commit();
            Receive(reading);
            Exchanged();
            return true;
        }
        catch (Exception error) when (error is not OperationCanceledException || !stopping.IsCancellationRequested)
        {
            Failed(error);
            return false;
        }
    }

    // Longer than the patience of readers, who decide by the progress of numbers.
    private static TimeSpan DigestTimeToLive(TimeSpan interval) => TimeSpan.FromSeconds(30) + (interval * IntervalsOfPatience);

    private void Receive(FleetReading reading)
    {
        _clock.Set(reading.StoreTime);
        if (reading.Summary is { } summary)
        {
            _summaryRevision = summary.Revision;
            if (summary.Revision > 0 && Ignore(SummaryCodec.Read(summary.Content.Span, out var read), "summary", "the leader"))
            {
                TakeSummary(read);
            }
        }

        if (reading.Directives is { } directives)
        {
            if (!Ignore(DirectivesCodec.Read(directives.Content.Span, out var stored), "directives", "the fleet"))
            {
                Knowledge.ReceiveUnreadable(directives.Revision);
            }
            else if (Knowledge.Receive(directives.Revision, stored, reading.StoreTime))
            {
                _file.Save(Knowledge.Directives, reading.StoreTime);
            }

            _isRefused = false;
        }
    }

    private void TakeSummary(FleetSummary summary)
    {
        Volatile.Write(ref _summaryAt, _timeProvider.GetTimestamp());
        _summary = summary;
    }

    private async Task TryAsync(Func<CancellationToken, Task> call, CancellationToken stopping)
    {
        try
        {
            await call(stopping).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OperationCanceledException || !stopping.IsCancellationRequested)
        {
            // The next exchange shows whether the store is gone.
            Count(error);
        }
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
