namespace Fluxgate;

/// <summary>What a breaker keeps of the durations of its calls: one histogram for each set of buckets that a listener asks for, by the state that let the call in.</summary>
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
        AlwaysWanted = buckets.Length > 0;
    }

    /// <summary>Whether calls must be timed now: two readings of the clock that nobody pays for unasked.</summary>
    public bool Wanted => AlwaysWanted || Array.Exists(_sinks, sink => sink.Wanted);

    /// <summary>Whether calls must be timed at all times.</summary>
    public bool AlwaysWanted { get; }

    /// <summary>Takes a call that has just been counted.</summary>
    public void Record(BreakerState admittedIn, long ticks)
    {
        for (var i = 0; i < _buckets.Length; i++)
        {
            (Slot(i, admittedIn) ?? Begin(i, admittedIn)).Record(ticks);
        }

        foreach (var sink in _sinks)
        {
            if (sink.Wanted)
            {
                try
                {
                    sink.Record(admittedIn, ticks);
                }
                catch (Exception error)
                {
                    _userCode.Failed(UserErrorSource.Listener, error);
                }
            }
        }
    }

    /// <summary>All histograms, those of one set of buckets after those of another.</summary>
    public StateDurations[] Read()
    {
        // One state, mostly.
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

    private DurationRecorder Begin(int index, BreakerState state)
    {
        var begun = new DurationRecorder(_buckets[index]);
        return Interlocked.CompareExchange(ref Slot(index, state), begun, null) ?? begun;
    }

    private ref DurationRecorder? Slot(int index, BreakerState state) => ref _recorders[(index * History.States) + (int)state];
}

/// <summary>Takes the duration of each call of one breaker as it settles.</summary>
internal interface IDurationSink
{
    /// <summary>Whether anybody listens now; read at every call.</summary>
    bool Wanted { get; }

    void Record(BreakerState admittedIn, long ticks);
}
