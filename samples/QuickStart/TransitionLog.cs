using System.Diagnostics;
using Fluxgate;

namespace QuickStart;

/// <summary>A transition and its time since the start.</summary>
internal sealed record Entry(TimeSpan At, Signal Signal);

/// <summary>Records every transition. The threads of the breaker write it, the views read it.</summary>
internal sealed class TransitionLog(Stopwatch clock)
{
    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];

    /// <summary>Adds a transition; used as a listener of the breaker.</summary>
    public void Write(Signal signal)
    {
        lock (_gate)
        {
            _entries.Add(new(clock.Elapsed, signal));
        }
    }

    /// <summary>Returns the entries after the first <paramref name="count"/>.</summary>
    public IReadOnlyList<Entry> Since(int count)
    {
        lock (_gate)
        {
            return _entries[count..];
        }
    }
}
