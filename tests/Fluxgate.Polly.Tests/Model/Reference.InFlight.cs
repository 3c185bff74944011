namespace Fluxgate;

/// <content>The calls in flight of closed phases with a slow-call rule, and those of them that are overdue (13).</content>
internal sealed partial class Reference
{
    private const int EpochsPerThreshold = 12;

    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly List<Call> _inFlight = [];
    private Flights? _flights;
    private TimeSpan? _timerCreatedAt;

    private Flights? CurrentFlights => State is BreakerState.Closed or BreakerState.MetricsOnly ? _flights : null;

    /// <summary>Starts to follow calls in a new closed phase, or in one whose thresholds have changed.</summary>
    private void StartFlights(bool inNewPhase)
    {
        TimeSpan[] thresholds = [.. SlowThresholds];
        var before = _flights?.Thresholds.SequenceEqual(thresholds) == true ? _flights : null;
        if (thresholds.Length == 0)
        {
            _flights = null;
        }
        else if (before is null || inNewPhase)
        {
            _flights = new(thresholds, before);
            _flights.AdvancedTo = _flights.EpochAt(Now) - 1;
        }
    }

    /// <summary>The first call of an epoch evaluates the rule if calls have become overdue since.</summary>
    private void OpenEpoch()
    {
        if (CurrentFlights is not { } flights || flights.OpenEpoch == flights.EpochAt(Now))
        {
            return;
        }

        var epoch = flights.EpochAt(Now);
        var areMore = Advance(flights, epoch);
        flights.OpenEpoch = epoch;
        flights.TimerAt ??= TimerAt(flights, epoch + flights.EpochsUntilOverdue(0));
        if (areMore)
        {
            _visits.Count("overdue at an admission");
            EvaluateOverdue();
        }
    }

    private void OnOverdueTimer(Flights flights)
    {
        var areMore = Advance(flights, flights.EpochAt(Now));
        flights.TimerAt = NextOverdue(flights) is { } next ? TimerAt(flights, next) : null;
        if (flights.TimerAt is null)
        {
            flights.OpenEpoch = null;
        }

        if (areMore)
        {
            _visits.Count("overdue without a call");
            EvaluateOverdue();
        }
    }

    private void EvaluateOverdue()
    {
        if (Evaluate() is { } findings)
        {
            _visits.Count($"fired at overdue calls in {State}");
            Fired(findings);
        }
    }

    /// <summary>Returns whether more calls are overdue in this epoch.</summary>
    private bool Advance(Flights flights, long epoch)
    {
        var areMore = _inFlight.Exists(call =>
            call.Flights == flights && !call.IsSpent && flights.DueEpochs(call).Any(due => due > flights.AdvancedTo && due <= epoch)
        );
        flights.AdvancedTo = Math.Max(flights.AdvancedTo, epoch);
        return areMore;
    }

    private long? NextOverdue(Flights flights) =>
        _inFlight
            .Where(call => call.Flights == flights)
            .SelectMany(flights.DueEpochs)
            .Where(due => due > flights.AdvancedTo)
            .Select(due => (long?)due)
            .Min();

    /// <summary>Returns when the timer fires: at the next multiple of the largest power of two of milliseconds in an epoch.</summary>
    private TimeSpan TimerAt(Flights flights, long epoch)
    {
        var created = _timerCreatedAt ??= Now;
        var step = TimeSpan.FromMilliseconds(1);
        while (step * 2 <= TimeSpan.FromTicks(flights.EpochTicks))
        {
            step *= 2;
        }

        var wait = TimeSpan.FromTicks(epoch * flights.EpochTicks) - Now;
        var due = Now - created + (wait < LongestWait ? wait : LongestWait);
        return created + (step * Math.Ceiling(due / step));
    }

    /// <summary>Returns the window as if each overdue call had just succeeded; <see langword="null"/> if there is none.</summary>
    private List<Recorded>? WithOverdue(List<Recorded> window)
    {
        if (CurrentFlights is not { } flights)
        {
            return null;
        }

        var overdue = _inFlight
            .Where(call => call.Flights == flights && !call.IsSpent && flights.DueEpochs(call).First() <= flights.AdvancedTo)
            .OrderBy(call => call.At)
            .Take(_plan.Window.Capacity ?? int.MaxValue)
            .Select(call => new Recorded(Now, Failed: false, flights.Reached(call, flights.AdvancedTo), InWindow: true))
            .ToList();
        return overdue.Count == 0 ? null : [.. window.TakeLast((_plan.Window.Capacity ?? int.MaxValue) - overdue.Count), .. overdue];
    }

    /// <summary>A would-trip uses up the calls that are overdue.</summary>
    private void SpendOverdue()
    {
        if (_flights is not { } flights)
        {
            return;
        }

        foreach (var call in _inFlight.Where(call => call.Flights == flights && flights.DueEpochs(call).First() <= flights.AdvancedTo))
        {
            call.IsSpent = true;
        }
    }

    /// <summary>Returns the number of overdue calls; <see langword="null"/> for a threshold that the rule no longer has.</summary>
    private long? OverdueNow(TimeSpan threshold) =>
        !SlowThresholds.Contains(threshold)
            ? null
            : Followed.Count(call =>
                _flights!.DueEpochs(call).ElementAt(Array.IndexOf(_flights.Thresholds, threshold)) <= _flights.EpochAt(Now)
            );

    private TimeSpan? OldestInFlight =>
        Followed.OrderBy(call => call.At).FirstOrDefault() is { } oldest
            ? TimeSpan.FromTicks(Math.Max(0, Now.Ticks - ((_flights!.EpochAt(oldest.At) + 1) * _flights.EpochTicks)))
            : null;

    /// <summary>Gets the calls in flight whose age is known under the thresholds of the rule.</summary>
    private IEnumerable<Call> Followed =>
        _flights?.Thresholds.SequenceEqual(SlowThresholds) == true
            ? _inFlight.Where(call => call.Flights is { } flights && _flights.Follows(flights))
            : [];

    /// <summary>The calls of one closed phase whose thresholds stayed the same.</summary>
    public sealed class Flights(TimeSpan[] thresholds, Flights? before)
    {
        public TimeSpan[] Thresholds => thresholds;

        public long EpochTicks { get; } = Math.Max(2, ((thresholds[0].Ticks - 1) / EpochsPerThreshold) + 1);

        /// <summary>Gets or sets the epoch in which calls are admitted without a look at the overdue ones.</summary>
        public long? OpenEpoch { get; set; }

        public long AdvancedTo { get; set; }

        public TimeSpan? TimerAt { get; set; }

        public bool Follows(Flights other) => other == this || before?.Follows(other) == true;

        public long EpochAt(TimeSpan time) => time.Ticks / EpochTicks;

        /// <summary>Returns the first epoch in which each call that started with this one has reached each threshold.</summary>
        public IEnumerable<long> DueEpochs(Call call) => thresholds.Select((_, i) => EpochAt(call.At) + EpochsUntilOverdue(i));

        public long EpochsUntilOverdue(int threshold) => ((thresholds[threshold].Ticks + EpochTicks - 1) / EpochTicks) + 1;

        public TimeSpan Reached(Call call, long epoch) => thresholds[DueEpochs(call).Count(due => due <= epoch) - 1];
    }
}
