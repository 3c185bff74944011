namespace Fluxgate;

/// <content>What a snapshot shows, which includes the calls of earlier phases.</content>
internal sealed partial class CallsInFlight
{
    // Calls that never end must not keep the counters of ever more phases.
    private const int MaxEarlierPhases = 8;

    // The calls of earlier phases that are in flight.
    private CallsInFlight? _before;

    /// <summary>Reads the calls in flight that this phase and earlier closed phases with the same thresholds admitted.</summary>
    public InFlightReading Read()
    {
        var now = Clock.Now;
        var epoch = EpochOf(now);
        var overdue = default(CallCounts.SlowCounts);
        var oldest = long.MaxValue;
        for (var calls = this; calls is not null; calls = calls._before)
        {
            calls.Read(epoch, ref overdue, ref oldest);
        }

        var age = oldest == long.MaxValue ? (long?)null : Math.Max(0, Clock.TicksBetween((oldest + 1) * Epochs.Length, now));
        return new(Epochs.Thresholds, overdue, age is { } ticks ? TimeSpan.FromTicks(ticks) : null);
    }

    private void Read(long now, ref CallCounts.SlowCounts overdue, ref long oldest)
    {
        lock (this)
        {
            foreach (var (epoch, calls) in InOpenEpochs())
            {
                Add(epoch, calls, ref overdue, ref oldest);
            }

            for (var index = 0; index < (_swept?.Started.Count ?? 0); index++)
            {
                var epoch = _swept!.Started[index];
                Add(epoch, _swept[epoch], ref overdue, ref oldest);
            }
        }

        void Add(long epoch, long calls, ref CallCounts.SlowCounts overdue, ref long oldest)
        {
            oldest = Math.Min(oldest, epoch);
            for (var i = 0; i < Epochs.Thresholds.Count; i++)
            {
                overdue[i] += epoch + Epochs.UntilOverdue(i) <= now ? calls : 0;
            }
        }
    }

    /// <summary>Returns this object and the earlier ones of which calls are in flight, up to a number of them.</summary>
    private CallsInFlight? Pruned(int most = MaxEarlierPhases)
    {
        if (most == 0)
        {
            return null;
        }

        var (overdue, oldest) = (default(CallCounts.SlowCounts), long.MaxValue);
        Read(long.MaxValue, ref overdue, ref oldest);
        var isEmpty = oldest == long.MaxValue;
        _before = _before?.Pruned(isEmpty ? most : most - 1);
        return isEmpty ? _before : this;
    }
}
