using System.Diagnostics;

namespace Fluxgate;

/// <summary>A breaker's one clock. Decisions use its monotonic timestamps only; the wall clock stands in signals for people.</summary>
internal sealed class Clock(TimeProvider provider)
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly long _frequency = provider.TimestampFrequency;

    public TimeProvider Provider { get; } = provider;

    public bool IsSystem { get; } = ReferenceEquals(provider, TimeProvider.System);

    /// <summary>The current timestamp, in units of the provider's frequency.</summary>
    public long Now => IsSystem ? Stopwatch.GetTimestamp() : Provider.GetTimestamp();

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
        if (_frequency == NanosecondsPerSecond)
        {
            return units / TimeSpan.NanosecondsPerTick;
        }

        return _frequency == TimeSpan.TicksPerSecond
            ? units
            : (long)Int128.Min((Int128)units * TimeSpan.TicksPerSecond / _frequency, long.MaxValue);
    }

    public TimeSpan Between(long from, long to) => TimeSpan.FromTicks(TicksBetween(from, to));
}
