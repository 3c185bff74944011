namespace Fluxgate;

/// <content>The calls in flight of closed phases with a slow-call rule, and those of them that are overdue (13).</content>
internal sealed partial class Reference
{
    private const int EpochsPerThreshold = 12;

    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly List<Call> _inFlight = [];
    private PhaseCalls? _phaseCalls;
    private TimeSpan? _timerCreatedAt;

    private PhaseCalls? CurrentPhaseCalls => State is BreakerState.Closed or BreakerState.MetricsOnly ? _phaseCalls : null;

    /// <summary>Starts to follow calls in a new closed phase, or in one whose thresholds have changed.</summary>
    private void StartPhaseCalls(bool inNewPhase)
    {
        TimeSpan[] thresholds = [.. SlowThresholds];
        var before = _phaseCalls?.Thresholds.SequenceEqual(thresholds) == true ? _phaseCalls : null;
        if (thresholds.Length == 0)
        {
            _phaseCalls = null;
        }
        else if (before is null || inNewPhase)
        {
            _phaseCalls = new(thresholds, before);
            _phaseCalls.AdvancedTo = _phaseCalls.EpochAt(Now) - 1;
        }
    }

    /// <summary>The first call of an epoch evaluates the rule if calls have become overdue since.</summary>
    private void OpenEpoch()
    {
        if (CurrentPhaseCalls is not { } phaseCalls || phaseCalls.OpenEpoch == phaseCalls.EpochAt(Now))
        {
            return;
        }

        var epoch = phaseCalls.EpochAt(Now);
        var areMore = Advance(phaseCalls, epoch);
        phaseCalls.OpenEpoch = epoch;
        var due = epoch + phaseCalls.EpochsUntilOverdue(0);
        if (phaseCalls.TimerAt is null || due < phaseCalls.TimerFor)
        {
            (phaseCalls.TimerFor, phaseCalls.TimerAt) = (due, TimerAt(phaseCalls, due));
        }

        if (areMore)
        {
            _visits.Count("overdue at an admission");
            EvaluateOverdue();
        }
    }

    private void OnOverdueTimer(PhaseCalls phaseCalls)
    {
        var areMore = Advance(phaseCalls, phaseCalls.EpochAt(Now));
        var next = NextOverdue(phaseCalls);
        (phaseCalls.TimerFor, phaseCalls.TimerAt) = (next ?? 0, next is { } due ? TimerAt(phaseCalls, due) : null);
        if (!(next <= phaseCalls.EpochAt(Now) + phaseCalls.EpochsUntilOverdue(0)))
        {
            phaseCalls.OpenEpoch = null;
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
    private bool Advance(PhaseCalls phaseCalls, long epoch)
    {
        var areMore = _inFlight.Exists(call =>
            call.PhaseCalls == phaseCalls
            && !call.IsSpent
            && phaseCalls.DueEpochs(call).Any(due => due > phaseCalls.AdvancedTo && due <= epoch)
        );
        phaseCalls.AdvancedTo = Math.Max(phaseCalls.AdvancedTo, epoch);
        return areMore;
    }

    private long? NextOverdue(PhaseCalls phaseCalls) =>
        _inFlight
            .Where(call => call.PhaseCalls == phaseCalls)
            .SelectMany(phaseCalls.DueEpochs)
            .Where(due => due > phaseCalls.AdvancedTo)
            .Select(due => (long?)due)
            .Min();

    /// <summary>Returns when the timer fires: at the next multiple of the largest power of two of milliseconds in an epoch.</summary>
    private TimeSpan TimerAt(PhaseCalls phaseCalls, long epoch)
    {
        var created = _timerCreatedAt ??= Now;
        var step = TimeSpan.FromMilliseconds(1);
        while (step * 2 <= TimeSpan.FromTicks(phaseCalls.EpochTicks))
        {
            step *= 2;
        }

        var wait = TimeSpan.FromTicks(epoch * phaseCalls.EpochTicks) - Now;
        var due = Now - created + (wait < LongestWait ? wait : LongestWait);
        return created + (step * Math.Ceiling(due / step));
    }

    /// <summary>Returns the window as if each overdue call had just succeeded; <see langword="null"/> if there is none.</summary>
    private List<Recorded>? WithOverdue(List<Recorded> window)
    {
        if (CurrentPhaseCalls is not { } phaseCalls)
        {
            return null;
        }

        var overdue = _inFlight
            .Where(call => call.PhaseCalls == phaseCalls && !call.IsSpent && phaseCalls.DueEpochs(call).First() <= phaseCalls.AdvancedTo)
            .OrderBy(call => call.At)
            .Take(_plan.Window.Capacity ?? int.MaxValue)
            .Select(call => new Recorded(Now, Failed: false, phaseCalls.Reached(call, phaseCalls.AdvancedTo), InWindow: true))
            .ToList();
        return overdue.Count == 0 ? null : [.. window.TakeLast((_plan.Window.Capacity ?? int.MaxValue) - overdue.Count), .. overdue];
    }

    /// <summary>A would-trip uses up the calls that are overdue.</summary>
    private void SpendOverdue()
    {
        if (_phaseCalls is not { } phaseCalls)
        {
            return;
        }

        foreach (
            var call in _inFlight.Where(call =>
                call.PhaseCalls == phaseCalls && phaseCalls.DueEpochs(call).First() <= phaseCalls.AdvancedTo
            )
        )
        {
            call.IsSpent = true;
        }
    }

    /// <summary>Returns the number of overdue calls; <see langword="null"/> for a threshold that the rule no longer has.</summary>
    private long? OverdueNow(TimeSpan threshold) =>
        !SlowThresholds.Contains(threshold)
            ? null
            : Followed.Count(call =>
                _phaseCalls!.DueEpochs(call).ElementAt(Array.IndexOf(_phaseCalls.Thresholds, threshold)) <= _phaseCalls.EpochAt(Now)
            );

    private TimeSpan? OldestInFlight =>
        Followed.OrderBy(call => call.At).FirstOrDefault() is { } oldest
            ? TimeSpan.FromTicks(Math.Max(0, Now.Ticks - ((_phaseCalls!.EpochAt(oldest.At) + 1) * _phaseCalls.EpochTicks)))
            : null;

    /// <summary>Gets the calls in flight whose age is known under the thresholds of the rule.</summary>
    private IEnumerable<Call> Followed =>
        _phaseCalls?.Thresholds.SequenceEqual(SlowThresholds) == true
            ? _inFlight.Where(call => call.PhaseCalls is { } phaseCalls && _phaseCalls.Follows(phaseCalls))
            : [];

    /// <summary>The calls of one closed phase whose thresholds stayed the same.</summary>
    public sealed class PhaseCalls(TimeSpan[] thresholds, PhaseCalls? before)
    {
        public TimeSpan[] Thresholds => thresholds;

        public long EpochTicks { get; } = Math.Max(2, ((thresholds[0].Ticks - 1) / EpochsPerThreshold) + 1);

        /// <summary>Gets or sets the epoch in which calls are admitted without a look at the overdue ones.</summary>
        public long? OpenEpoch { get; set; }

        public long AdvancedTo { get; set; }

        public TimeSpan? TimerAt { get; set; }

        /// <summary>Gets or sets the epoch for which the timer is set.</summary>
        public long TimerFor { get; set; }

        public bool Follows(PhaseCalls other) => other == this || before?.Follows(other) == true;

        public long EpochAt(TimeSpan time) => time.Ticks / EpochTicks;

        /// <summary>Returns the first epoch in which each call that started with this one has reached each threshold.</summary>
        public IEnumerable<long> DueEpochs(Call call) => thresholds.Select((_, i) => EpochAt(call.At) + EpochsUntilOverdue(i));

        public long EpochsUntilOverdue(int threshold) => ((thresholds[threshold].Ticks + EpochTicks - 1) / EpochTicks) + 1;

        public TimeSpan Reached(Call call, long epoch) => thresholds[DueEpochs(call).Count(due => due <= epoch) - 1];
    }
}
