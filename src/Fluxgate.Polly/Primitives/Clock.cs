using System.Diagnostics;

namespace Fluxgate;

/// <summary>A breaker's one clock. Decisions use its monotonic timestamps only; the wall clock stands in signals for people.</summary>
/// <remarks>
/// Timestamps of a user's provider count from the creation of the clock, so that a provider may begin anywhere and wrap around. A provider
/// that throws is reported, and time stands still until it works again.
/// </remarks>
internal sealed class Clock
{
    /// <summary>The most by which the coarse clock steps, and so lags: that of Windows. Linux steps by 1 to 10 ms.</summary>
    public static readonly TimeSpan CoarseStep = TimeSpan.FromMilliseconds(16);

    /// <summary>
    /// The longest duration that a call is counted with, ten days. Somebody may settle with <see cref="TimeSpan.MaxValue"/>, and the longest count
    /// window must be able to add up so many of the longest calls.
    /// </summary>
    public static readonly TimeSpan Longest = TimeSpan.FromTicks(LongestTicks);

    public const long LongestTicks = 10 * TimeSpan.TicksPerDay;

    private const long MillisecondsPerSecond = 1_000;
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const long MostMilliseconds = long.MaxValue / TimeSpan.TicksPerMillisecond;

    private static readonly Clock CoarseSystem = new(new TickCount());
    private static readonly Clock System = new(TimeProvider.System);

    private readonly long _frequency;
    private readonly bool _isTickCount;
    private readonly long _origin;
    private long _lastReading;

    /// <summary>Returns the clock of a provider. All breakers on the system's clock, which does not throw, share one.</summary>
    public static Clock Of(TimeProvider? provider) =>
        provider is null || ReferenceEquals(provider, TimeProvider.System) ? System : new(provider);

    public Clock(TimeProvider provider, TimeProvider? coarse = null)
    {
        Provider = provider;
        _frequency = provider.TimestampFrequency;
        if (_frequency <= 0)
        {
            throw new ArgumentException(
                $"timeProvider must have a TimestampFrequency greater than 0, but {provider.GetType().Name} has {RuleText.Number(_frequency)}.",
                nameof(provider)
            );
        }

        IsSystem = ReferenceEquals(provider, TimeProvider.System);
        _isTickCount = provider is TickCount;
        _origin = IsSystem || _isTickCount ? 0 : provider.GetTimestamp();
        Coarse =
            coarse is not null ? new(coarse)
            : IsSystem ? CoarseSystem
            : this;
    }

    public TimeProvider Provider { get; }

    /// <summary>Whether this is the clock of the operating system.</summary>
    public bool IsSystem { get; }

    /// <summary>
    /// The clock for what is long beside its steps; itself where there is none. Reading it costs a fifth. Timestamps of the two are never
    /// compared: a decision is made on one of them.
    /// </summary>
    public Clock Coarse { get; }

    /// <summary>Gets whether <see cref="Coarse"/> is a clock of its own.</summary>
    public bool HasCoarse => !ReferenceEquals(Coarse, this);

    /// <summary>Receives what the provider throws. Set once, before other threads know the clock.</summary>
    public Action<Exception>? Failed { private get; set; }

    /// <summary>The current timestamp, in units of the provider's frequency.</summary>
    public long Now =>
        _isTickCount ? Environment.TickCount64
        : IsSystem ? Stopwatch.GetTimestamp()
        : Read();

    public DateTimeOffset UtcNow
    {
        get
        {
            try
            {
                return Provider.GetUtcNow();
            }
            catch (Exception error)
            {
                Failed?.Invoke(error);
                return TimeProvider.System.GetUtcNow();
            }
        }
    }

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
            MillisecondsPerSecond when units is > -MostMilliseconds and < MostMilliseconds => units * TimeSpan.TicksPerMillisecond,
            _ => (long)Int128.Clamp((Int128)units * TimeSpan.TicksPerSecond / _frequency, long.MinValue, long.MaxValue),
        };
    }

    /// <summary>As <see cref="TicksBetween"/>, rounded up.</summary>
    public long TicksUntil(long from, long to)
    {
        var scaled = (Int128)(to - from) * TimeSpan.TicksPerSecond;
        return (long)Int128.Min((scaled + _frequency - 1) / _frequency, long.MaxValue);
    }

    public TimeSpan Between(long from, long to) => TimeSpan.FromTicks(TicksBetween(from, to));

    // Kept out of Now, which is inlined where calls are timed by the system's clock.
    private long Read()
    {
        try
        {
            return _lastReading = unchecked(Provider.GetTimestamp() - _origin);
        }
        catch (Exception error)
        {
            Failed?.Invoke(error);
            return Volatile.Read(ref _lastReading);
        }
    }

    /// <summary>The operating system's count of milliseconds, which moves by its timer's interrupt.</summary>
    private sealed class TickCount : TimeProvider
    {
        public override long TimestampFrequency => MillisecondsPerSecond;

        public override long GetTimestamp() => Environment.TickCount64;
    }
}
