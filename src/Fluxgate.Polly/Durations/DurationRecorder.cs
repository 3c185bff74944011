using System.Numerics;

namespace Fluxgate;

/// <summary>Counts durations in buckets. Thread-safe; recording takes no lock and allocates nothing.</summary>
/// <remarks>A breaker has them for its calls where a listener asks; for a histogram of your own see <see cref="MetricFamily.Histogram(string, string, DurationRecorder)"/>.</remarks>
public sealed class DurationRecorder
{
    /// <summary>In words of 8 bytes: no two stripes, and nothing else, share a cache line.</summary>
    private const int Line = 16;
    private const int Padding = 8;

    private static readonly int Stripes = (int)Math.Min(16, BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount));

    private readonly long[] _words;
    private readonly int _stride;

    /// <summary>Creates a recorder that has counted nothing.</summary>
    /// <param name="buckets">The buckets; <see cref="DurationBuckets.Default"/> unless given.</param>
    public DurationRecorder(DurationBuckets? buckets = null)
    {
        Buckets = buckets ?? DurationBuckets.Default;

        // A stripe: the sum of ticks, then the buckets.
        _stride = (2 + Buckets.Seconds.Count + Line - 1) / Line * Line;
        _words = new long[Padding + (_stride * Stripes)];
    }

    /// <summary>The buckets.</summary>
    public DurationBuckets Buckets { get; }

    /// <summary>Counts one.</summary>
    /// <param name="duration">How long it took, at least zero; more than a year counts as a year.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="duration"/> is negative.</exception>
    public void Record(TimeSpan duration)
    {
        if (duration < TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(nameof(duration), duration, $"duration must be at least zero, but is {duration}.");
        }

        Record(Math.Min(duration.Ticks, Ticket.LongestTicks));
    }

    /// <summary>What was counted up to now.</summary>
    /// <returns>The histogram.</returns>
    public DurationHistogram Read()
    {
        var counts = new long[Buckets.Seconds.Count + 1];
        var ticks = 0L;
        for (var stripe = Padding; stripe < _words.Length; stripe += _stride)
        {
            ticks += Volatile.Read(ref _words[stripe]);
            for (var bucket = 0; bucket < counts.Length; bucket++)
            {
                counts[bucket] += Volatile.Read(ref _words[stripe + 1 + bucket]);
            }
        }

        return new(Buckets, counts, TimeSpan.FromTicks(ticks));
    }

    internal void Record(long ticks)
    {
        var stripe = Padding + ((Thread.GetCurrentProcessorId() & (Stripes - 1)) * _stride);
        Interlocked.Add(ref _words[stripe], ticks);
        Interlocked.Increment(ref _words[stripe + 1 + Buckets.IndexOf(ticks)]);
    }
}
