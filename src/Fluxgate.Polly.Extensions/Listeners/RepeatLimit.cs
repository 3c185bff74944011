namespace Fluxgate;

/// <summary>
/// Keeps what every call may cause from being told for every call: the first of a kind is told at once, those that follow are counted, and
/// their number is told once a minute. After a minute without any, the next is told at once.
/// </summary>
/// <remarks>Thread-safe. It remembers a kind for no longer than it goes on, and holds no exception.</remarks>
internal sealed class RepeatLimit
{
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private readonly Dictionary<(string CircuitName, object Kind), Repeats> _going = [];

    /// <summary>Returns whether to tell this one; otherwise it is counted.</summary>
    /// <param name="circuitName">The circuit.</param>
    /// <param name="kind">What is the same about those that repeat.</param>
    /// <param name="clock">The clock of the minute.</param>
    /// <param name="tell">Tells how many of the kind were left out, at least 1.</param>
    public bool Admits(string circuitName, object kind, TimeProvider clock, Action<long> tell)
    {
        var repeats = new Repeats(tell);
        lock (_going)
        {
            if (_going.TryGetValue((circuitName, kind), out var going))
            {
                going.LeftOut++;
                return false;
            }

            _going.Add((circuitName, kind), repeats);
        }

        // Not under the lock, since the clock may be a user's.
        var timer = StartTimer(clock, () => EndPeriod((circuitName, kind), repeats));
        lock (_going)
        {
            repeats.Timer = timer;
        }

        return true;
    }

    /// <summary>Tells now what was left out of a circuit that has ended, and forgets the circuit.</summary>
    public void End(string circuitName)
    {
        KeyValuePair<(string CircuitName, object Kind), Repeats>[] ended;
        lock (_going)
        {
            ended = [.. _going.Where(kind => kind.Key.CircuitName == circuitName)];
        }

        foreach (var (kind, repeats) in ended)
        {
            EndPeriod(kind, repeats, isLast: true);
        }
    }

    private void EndPeriod((string, object) kind, Repeats repeats, bool isLast = false)
    {
        long leftOut;
        lock (_going)
        {
            (leftOut, repeats.LeftOut) = (repeats.LeftOut, 0);
            if (leftOut == 0 || isLast)
            {
                repeats.Timer?.Dispose();
                if (_going.GetValueOrDefault(kind) == repeats)
                {
                    _going.Remove(kind);
                }
            }
        }

        if (leftOut > 0)
        {
            repeats.Tell(leftOut);
        }
    }

    /// <summary>Starts a timer without the flow of the call that is here by chance: its activity and AsyncLocal values would stay alive.</summary>
    private static ITimer StartTimer(TimeProvider clock, Action endPeriod)
    {
        var flows = !ExecutionContext.IsFlowSuppressed();
        if (flows)
        {
            ExecutionContext.SuppressFlow();
        }

        try
        {
            return clock.CreateTimer(static end => ((Action)end!)(), endPeriod, Period, Period);
        }
        finally
        {
            if (flows)
            {
                ExecutionContext.RestoreFlow();
            }
        }
    }

    /// <summary>One kind while it goes on; guarded by the lock. A timer that comes after the end finds nothing left out and ends itself.</summary>
    private sealed class Repeats(Action<long> tell)
    {
        public long LeftOut { get; set; }

        public ITimer? Timer { get; set; }

        /// <summary>Never throws: it runs on a timer's thread, and a log may throw.</summary>
        public void Tell(long leftOut)
        {
            try
            {
                tell(leftOut);
            }
            catch (Exception)
            {
                // Nobody is there to be told.
            }
        }
    }
}
