namespace Fluxgate;

/// <summary>
/// The durations of the calls of a breaker. It holds one histogram for each set of buckets that a listener requests and each state that
/// admitted calls.
/// </summary>
internal sealed class Durations
{
    private readonly DurationBuckets[] _buckets;
    private readonly IDurationSink[] _sinks;
    private readonly DurationRecorder?[] _recorders;
    private readonly UserCode _userCode;

    public Durations(DurationBuckets[] buckets, IDurationSink[] sinks, UserCode userCode)
    {
        _userCode = userCode;
        _buckets = buckets;
        _sinks = sinks;
        _recorders = new DurationRecorder?[buckets.Length * History.States];
        IsAlwaysEnabled = buckets.Length > 0;
    }

    /// <summary>
    /// Gets a value that indicates whether calls must be timed now. Timing costs two readings of the clock, so calls are timed only on
    /// request.
    /// </summary>
    public bool IsEnabled => IsAlwaysEnabled || Array.Exists(_sinks, sink => sink.IsEnabled);

    /// <summary>Gets a value that indicates whether calls must always be timed.</summary>
    public bool IsAlwaysEnabled { get; }

    /// <summary>Records the duration of a call that was just counted.</summary>
    public void Record(BreakerState admittedIn, long ticks)
    {
        for (var i = 0; i < _buckets.Length; i++)
        {
            (Slot(i, admittedIn) ?? CreateRecorder(i, admittedIn)).Record(ticks);
        }

        foreach (var sink in _sinks)
        {
            if (sink.IsEnabled)
            {
                try
                {
                    sink.Record(admittedIn, ticks);
                }
                catch (Exception error)
                {
                    _userCode.ReportError(UserErrorSource.Listener, error);
                }
            }
        }
    }

    /// <summary>Returns all histograms, grouped by set of buckets.</summary>
    public StateDurations[] Read()
    {
        // Most breakers record durations in one state only.
        var read = new StateDurations[1];
        var count = 0;
        for (var i = 0; i < _recorders.Length; i++)
        {
            if (Volatile.Read(ref _recorders[i]) is { } recorder)
            {
                if (count == read.Length)
                {
                    Array.Resize(ref read, _recorders.Length);
                }

                read[count++] = new((BreakerState)(i % History.States), recorder.Read());
            }
        }

        return count == read.Length ? read : read[..count];
    }

    private DurationRecorder CreateRecorder(int index, BreakerState state)
    {
        var created = new DurationRecorder(_buckets[index]);
        return Interlocked.CompareExchange(ref Slot(index, state), created, null) ?? created;
    }

    private ref DurationRecorder? Slot(int index, BreakerState state) => ref _recorders[(index * History.States) + (int)state];
}

/// <summary>Receives the duration of each call of one breaker when it settles.</summary>
internal interface IDurationSink
{
    /// <summary>Gets a value that indicates whether the sink needs durations now. Read on every call.</summary>
    bool IsEnabled { get; }

    void Record(BreakerState admittedIn, long ticks);
}
