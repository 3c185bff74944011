namespace Fluxgate;

/// <summary>
/// Limits the reports of events that every call may cause. The first event of a kind is reported at once; the following ones are counted, and
/// their number is reported once a minute. After a minute without an event, the next one is reported at once.
/// </summary>
/// <remarks>Thread-safe. A kind is kept only while it repeats, and no exception is kept.</remarks>
internal sealed class RepeatLimit
{
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    // By circuit, because a group may end thousands of circuits at once, and each must find its own kinds.
    private readonly Dictionary<string, Dictionary<object, Repeats>> _active = new(StringComparer.Ordinal);

    /// <summary>Returns whether to report an event now. Otherwise, the event is counted.</summary>
    /// <param name="circuitName">The name of the circuit.</param>
    /// <param name="kind">The key of events that repeat each other.</param>
    /// <param name="clock">The clock that measures the minute.</param>
    /// <param name="report">Reports the number of omitted events, at least 1.</param>
    public bool ShouldReport(string circuitName, object kind, TimeProvider clock, Action<long> report)
    {
        var repeats = new Repeats(report);
        lock (_active)
        {
            if (!_active.TryGetValue(circuitName, out var kinds))
            {
                _active.Add(circuitName, kinds = []);
            }

            if (kinds.TryGetValue(kind, out var active))
            {
                active.Omitted++;
                return false;
            }

            kinds.Add(kind, repeats);
        }

        // Timers are never used under the lock, because the clock may be the user's.
        try
        {
            var timer = StartTimer(clock, () => EndPeriod(circuitName, kind, repeats));
            lock (_active)
            {
                repeats.Timer = timer;
            }
        }
        catch (Exception)
        {
            // No minute ends, so the next event is reported at once, too. The breaker reports the errors of its clock.
            EndPeriod(circuitName, kind, repeats, isLast: true);
        }

        return true;
    }

    /// <summary>Reports the omitted events of a disposed breaker now, and removes them.</summary>
    public void End(string circuitName)
    {
        KeyValuePair<object, Repeats>[] ended;
        lock (_active)
        {
            ended = [.. _active.GetValueOrDefault(circuitName) ?? []];
        }

        foreach (var (kind, repeats) in ended)
        {
            EndPeriod(circuitName, kind, repeats, isLast: true);
        }
    }

    private void EndPeriod(string circuitName, object kind, Repeats repeats, bool isLast = false)
    {
        long omitted;
        ITimer? ended = null;
        lock (_active)
        {
            (omitted, repeats.Omitted) = (repeats.Omitted, 0);
            if (omitted == 0 || isLast)
            {
                ended = repeats.Timer;
                if (_active.TryGetValue(circuitName, out var kinds) && kinds.GetValueOrDefault(kind) == repeats)
                {
                    kinds.Remove(kind);
                    if (kinds.Count == 0)
                    {
                        _active.Remove(circuitName);
                    }
                }
            }
        }

        if (omitted > 0)
        {
            repeats.Report(omitted);
        }

        try
        {
            ended?.Dispose();
        }
        catch (Exception)
        {
            // A timer that goes on finds no event.
        }
    }

    /// <summary>Starts a timer without the execution context of the current call, whose activity and AsyncLocal values would stay alive.</summary>
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

    /// <summary>The events of a kind while it repeats, guarded by the lock. A timer that fires after the end finds no event and disposes itself.</summary>
    private sealed class Repeats(Action<long> report)
    {
        public long Omitted { get; set; }

        public ITimer? Timer { get; set; }

        /// <summary>Reports the number of omitted events. Never throws, because it runs on a timer thread and a logger may throw.</summary>
        public void Report(long omitted)
        {
            try
            {
                report(omitted);
            }
            catch (Exception)
            {
                // There is nowhere to report it.
            }
        }
    }
}
