using System.Diagnostics;
using Fluxgate;

namespace QuickStart;

/// <summary>A transition, and when it was since the start.</summary>
internal sealed record Entry(TimeSpan At, Signal Signal);

/// <summary>Remembers every transition. Written by the breaker's threads, read by the views.</summary>
internal sealed class Journal(Stopwatch clock)
{
    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];

    /// <summary>A listener of the breaker.</summary>
    public void Write(Signal signal)
    {
        lock (_gate)
        {
            _entries.Add(new(clock.Elapsed, signal));
        }
    }

    /// <summary>The entries after the first so many.</summary>
    public IReadOnlyList<Entry> Since(int count)
    {
        lock (_gate)
        {
            return _entries[count..];
        }
    }
}
