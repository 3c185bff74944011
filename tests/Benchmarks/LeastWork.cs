using System.Diagnostics;
using Polly;

namespace Fluxgate;

/// <summary>What a breaker cannot do without in one call: its atomic exchanges and its readings of a clock, and nothing else.</summary>
internal interface ILeastWork
{
    /// <summary>Does the work of an admission.</summary>
    static abstract void Start(long[] counters);

    /// <summary>Does the work of a result.</summary>
    static abstract void End(long[] counters);
}

/// <summary>Passes calls through, and does the least work around each.</summary>
internal sealed class LeastWorkStrategy<TWork> : ResilienceStrategy
    where TWork : struct, ILeastWork
{
    private readonly long[] _counters = new long[16];

    protected override ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback,
        ResilienceContext context,
        TState state
    )
    {
        TWork.Start(_counters);
        var running = callback(context, state);
        TWork.End(_counters);
        return running;
    }
}

internal sealed class LeastWorkOptions : ResilienceStrategyOptions;

/// <summary>Nothing.</summary>
internal readonly struct NoWork : ILeastWork
{
    public static void Start(long[] counters) { }

    public static void End(long[] counters) { }
}

/// <summary>Counts the start and the result, and reads the coarse clock for the window.</summary>
internal readonly struct CountingWork : ILeastWork
{
    public static void Start(long[] counters) => Counter.Count(ref counters[8]);

    public static void End(long[] counters)
    {
        Counter.Time(counters, Environment.TickCount64);
        Counter.Count(ref counters[9]);
    }
}

/// <summary>The same, and reads the coarse clock at the start, too.</summary>
internal readonly struct TimingWork : ILeastWork
{
    public static void Start(long[] counters)
    {
        Counter.Time(counters, Environment.TickCount64);
        CountingWork.Start(counters);
    }

    public static void End(long[] counters) => CountingWork.End(counters);
}

/// <summary>The same, and counts the end of the call in its epoch.</summary>
internal readonly struct InFlightWork : ILeastWork
{
    public static void Start(long[] counters) => TimingWork.Start(counters);

    public static void End(long[] counters)
    {
        Counter.Count(ref counters[10]);
        TimingWork.End(counters);
    }
}

/// <summary>The same with the exact clock.</summary>
internal readonly struct ExactInFlightWork : ILeastWork
{
    public static void Start(long[] counters)
    {
        Counter.Time(counters, Stopwatch.GetTimestamp());
        Counter.Count(ref counters[8]);
    }

    public static void End(long[] counters)
    {
        Counter.Count(ref counters[10]);
        Counter.Time(counters, Stopwatch.GetTimestamp());
        Counter.Count(ref counters[9]);
    }
}

internal static class Counter
{
    public static void Count(ref long counter)
    {
        var seen = Volatile.Read(ref counter);
        if (Interlocked.CompareExchange(ref counter, seen + 1, seen) != seen)
        {
            Interlocked.Increment(ref counter);
        }
    }

    public static void Time(long[] counters, long now)
    {
        if (now < counters[0])
        {
            throw new InvalidOperationException("The clock went backwards.");
        }
    }
}
