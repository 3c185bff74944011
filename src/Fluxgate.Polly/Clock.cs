using System.Diagnostics;

namespace Fluxgate;

/// <summary>A breaker's one clock. Decisions use its monotonic timestamps only; the wall clock stands in signals for people.</summary>
internal sealed class Clock
{
    /// <summary>The most by which the coarse clock steps, and so lags: that of Windows. Linux steps by 1 to 10 ms.</summary>
    public static readonly TimeSpan CoarseStep = TimeSpan.FromMilliseconds(16);

    /// <summary>
    /// The longest duration that a call is counted with, a year. Somebody may settle with <see cref="TimeSpan.MaxValue"/>: two of those
    /// would overflow every sum they are in, and an overflown word looks sealed.
    /// </summary>
    public const long LongestTicks = 365 * TimeSpan.TicksPerDay;

    private const long MillisecondsPerSecond = 1_000;
    private const long NanosecondsPerSecond = 1_000_000_000;

    private static readonly Clock CoarseSystem = new(new TickCount());

    private readonly long _frequency;
    private readonly bool _isSystem;
    private readonly bool _isTickCount;

    public Clock(TimeProvider provider, TimeProvider? coarse = null)
    {
        Provider = provider;
        _frequency = provider.TimestampFrequency;
        _isSystem = ReferenceEquals(provider, TimeProvider.System);
        _isTickCount = provider is TickCount;
        Coarse =
            coarse is not null ? new(coarse)
            : _isSystem ? CoarseSystem
            : this;
    }

    public TimeProvider Provider { get; }

    /// <summary>
    /// The clock for what is long beside its steps; itself where there is none. Reading it costs a fifth. Timestamps of the two are never
    /// compared: a decision is made on one of them.
    /// </summary>
    public Clock Coarse { get; }

    /// <summary>The current timestamp, in units of the provider's frequency.</summary>
    public long Now =>
        _isSystem ? Stopwatch.GetTimestamp()
        : _isTickCount ? Environment.TickCount64
        : Provider.GetTimestamp();

    public DateTimeOffset UtcNow => Provider.GetUtcNow();

    /// <summary>A duration in timestamp units, rounded up, and never beyond what a timestamp can hold.</summary>
    public long Units(TimeSpan duration)
    {
        var units = (((Int128)duration.Ticks * _frequency) + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond;
        return units > long.MaxValue ? long.MaxValue : (long)units;
    }

    /// <summary>The timestamp a duration from now; <see cref="long.MaxValue"/> means never.</summary>
    public static long After(long timestamp, long units) =>
        units > long.MaxValue - Math.Max(timestamp, 0) ? long.MaxValue : timestamp + units;

    /// <summary>The time between two timestamps in ticks of 100 ns, rounded down.</summary>
    public long TicksBetween(long from, long to)
    {
        var units = to - from;
        return _frequency switch
        {
            NanosecondsPerSecond => units / TimeSpan.NanosecondsPerTick,
            TimeSpan.TicksPerSecond => units,
            MillisecondsPerSecond when units < long.MaxValue / TimeSpan.TicksPerMillisecond => units * TimeSpan.TicksPerMillisecond,
            _ => (long)Int128.Min((Int128)units * TimeSpan.TicksPerSecond / _frequency, long.MaxValue),
        };
    }

    public TimeSpan Between(long from, long to) => TimeSpan.FromTicks(TicksBetween(from, to));

    /// <summary>The operating system's count of milliseconds, which moves by its timer's interrupt.</summary>
    private sealed class TickCount : TimeProvider
    {
        public override long TimestampFrequency => MillisecondsPerSecond;

        public override long GetTimestamp() => Environment.TickCount64;
    }
}
