using System.Diagnostics;

namespace Fluxgate;

/// <summary>The clock of a breaker. Decisions use its monotonic timestamps only. The wall clock is used only for display, in signals.</summary>
/// <remarks>
/// Timestamps of a user's provider count from the creation of the clock, so a provider can start at any value and wrap around. When a
/// provider throws, the error is reported, and the clock returns its last timestamp until the provider works again.
/// </remarks>
internal sealed class Clock
{
    /// <summary>The largest step of the coarse clock, by which it can lag. Windows has this step; Linux steps by 1 to 10 ms.</summary>
    public static readonly TimeSpan CoarseStep = TimeSpan.FromMilliseconds(16);

    /// <summary>
    /// The longest duration that is counted for a call: 10 days. A caller can settle with <see cref="TimeSpan.MaxValue"/>, and the sum over the
    /// largest count window must not overflow.
    /// </summary>
    public static readonly TimeSpan Longest = TimeSpan.FromTicks(LongestTicks);

    public const long LongestTicks = 10 * TimeSpan.TicksPerDay;

    private const long MillisecondsPerSecond = 1_000;
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const long MostMilliseconds = long.MaxValue / TimeSpan.TicksPerMillisecond;

    private static readonly Clock CoarseSystem = new(new TickCount());
    private static readonly Clock System = new(TimeProvider.System);

    private readonly bool _isTickCount;
    private readonly long _origin;
    private long _lastReading;

    /// <summary>Returns the clock of a provider. All breakers on the system's clock share one clock, which never throws.</summary>
    public static Clock Of(TimeProvider? provider) =>
        provider is null || ReferenceEquals(provider, TimeProvider.System) ? System : new(provider);

    public Clock(TimeProvider provider, TimeProvider? coarse = null)
    {
        Provider = provider;
        Frequency = provider.TimestampFrequency;
        if (Frequency <= 0)
        {
            throw new ArgumentException(
                $"timeProvider must have a TimestampFrequency greater than 0, but {provider.GetType().Name} has {RuleText.Number(Frequency)}.",
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

    /// <summary>Gets the number of units per second.</summary>
    public long Frequency { get; }

    /// <summary>Gets whether this is the clock of the operating system.</summary>
    public bool IsSystem { get; }

    /// <summary>
    /// Gets the clock for durations that are long compared with its steps; this clock if there is no coarse one. Reading it takes a fifth of the
    /// time. A decision uses timestamps of one clock only; timestamps of the two are never compared.
    /// </summary>
    public Clock Coarse { get; }

    /// <summary>Gets whether <see cref="Coarse"/> is a separate clock.</summary>
    public bool HasCoarse => !ReferenceEquals(Coarse, this);

    /// <summary>Sets the callback that receives exceptions of the provider. Set it once, before other threads use the clock.</summary>
    public Action<Exception>? Failed { private get; set; }

    /// <summary>Gets the current timestamp, in units of the provider's frequency.</summary>
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

    /// <summary>Converts a duration to timestamp units, rounded up and limited to <see cref="long.MaxValue"/>.</summary>
    public long Units(TimeSpan duration)
    {
        var units = (((Int128)duration.Ticks * Frequency) + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond;
        return units > long.MaxValue ? long.MaxValue : (long)units;
    }

    /// <summary>Returns the timestamp that is a duration after another; <see cref="long.MaxValue"/> means never.</summary>
    public static long After(long timestamp, long units) =>
        units > long.MaxValue - Math.Max(timestamp, 0) ? long.MaxValue : timestamp + units;

    /// <summary>Returns the time between two timestamps in ticks of 100 ns, rounded down.</summary>
    public long TicksBetween(long from, long to)
    {
        var units = to - from;
        return Frequency switch
        {
            NanosecondsPerSecond => units / TimeSpan.NanosecondsPerTick,
            TimeSpan.TicksPerSecond => units,
            MillisecondsPerSecond when units is > -MostMilliseconds and < MostMilliseconds => units * TimeSpan.TicksPerMillisecond,
            _ => (long)Int128.Clamp((Int128)units * TimeSpan.TicksPerSecond / Frequency, long.MinValue, long.MaxValue),
        };
    }

    /// <summary>Returns the time between two timestamps in ticks of 100 ns, rounded up.</summary>
    public long TicksBetweenRoundedUp(long from, long to)
    {
        var scaled = (Int128)(to - from) * TimeSpan.TicksPerSecond;
        return (long)Int128.Min((scaled + Frequency - 1) / Frequency, long.MaxValue);
    }

    public TimeSpan Between(long from, long to) => TimeSpan.FromTicks(TicksBetween(from, to));

    // A separate method, so that Now stays small enough to be inlined where the system's clock times calls.
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

    /// <summary>The operating system's count of milliseconds, which its timer interrupt advances.</summary>
    private sealed class TickCount : TimeProvider
    {
        public override long TimestampFrequency => MillisecondsPerSecond;

        public override long GetTimestamp() => Environment.TickCount64;
    }
}
