using System.Numerics;

namespace Fluxgate;

/// <summary>A time window beside a plain list of its calls and their buckets.</summary>
internal sealed class TimeWindowModel
{
    private readonly VirtualTime _time;
    private readonly long _frequency;
    private readonly int _buckets;
    private readonly long _length;
    private readonly long _start;
    private readonly WindowState _public;
    private readonly BucketWindow _rates;
    private readonly BucketWindow _measured;
    private readonly List<(long At, CallCounts Call)> _calls = [];

    public TimeWindowModel(long frequency, TimeSpan duration, int buckets)
    {
        (_time, _frequency, _buckets) = (new(frequency), frequency, buckets);
        _length = (long)((((BigInteger)duration.Ticks * frequency) + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond);
        _start = _time.GetTimestamp();
        var window = Window.Time(duration, buckets);
        _public = window.Start(new WindowContext(BreakerState.Closed, _time));
        _rates = Started(window, durations: false);
        _measured = Started(window, durations: true);
    }

    private long Now => _time.GetTimestamp();

    public void Record(bool failed)
    {
        var call = failed ? Calls.Failed(TimeSpan.FromTicks(_calls.Count)) : Calls.Succeeded(TimeSpan.FromTicks(_calls.Count));
        _public.Record(call);
        _measured.Record(call);
        _rates.Record(failed ? Calls.Failed() : Calls.Succeeded());
        _calls.Add((Now, call));
    }

    /// <summary>Advances time: by nothing, by a little, to just before or onto the edge of a bucket, by whole windows, by a day.</summary>
    public void Pass(Random random)
    {
        switch (random.Next(8))
        {
            case 0:
                return;
            case 1:
                GoTo(EdgeAfter(random.Next(1, 3)) - 1);
                return;
            case 2:
                GoTo(EdgeAfter(random.Next(1, 3)));
                return;
            case 3 when random.Next(20) == 0:
                _time.Advance(TimeSpan.FromDays(1));
                return;
            case 4 when random.Next(6) == 0:
                GoTo(EdgeAfter(_buckets - 1 + random.Next(3)) - random.Next(2));
                return;
            default:
                GoTo(Now + (long)(random.NextDouble() * _length / _buckets));
                return;
        }
    }

    public void AssertSame()
    {
        var oldest = BucketOf(Now) - _buckets + 1;
        var expected = _calls.Where(call => BucketOf(call.At) >= oldest).Select(call => call.Call).Sum();
        Assert.Equal(expected, _public.Read());
        Assert.Equal(expected, _measured.Read());
        Assert.Equal(Calls.Many(expected.Requests, expected.Failures), _rates.Read());
    }

    public void AssertCoversBetweenAllButOneBucketAndTheWhole()
    {
        var held = _public.Read().Requests;
        var (now, length) = (Now, (BigInteger)_length);
        Assert.InRange(
            held,
            _calls.Count(call => (now - call.At) * (BigInteger)_buckets <= length * (_buckets - 1)),
            _calls.Count(call => now - call.At < _length)
        );
    }

    private BucketWindow Started(Window window, bool durations) =>
        Assert.IsType<BucketWindow>(window.StartOn(new Ledger(SlowThresholds.None, durations), new Clock(_time), BreakerState.Closed));

    private BigInteger BucketOf(long timestamp) => (timestamp - _start) * (BigInteger)_buckets / _length;

    /// <summary>Returns the first timestamp of the bucket that many after the current one.</summary>
    private long EdgeAfter(int buckets)
    {
        var bucket = BucketOf(Now) + buckets;
        return _start + (long)(((bucket * _length) + _buckets - 1) / _buckets);
    }

    /// <summary>Advances to the first moment at which the clock has at least this timestamp.</summary>
    private void GoTo(long timestamp)
    {
        var ticks = (((BigInteger)(timestamp - Now) * TimeSpan.TicksPerSecond) + _frequency - 1) / _frequency;
        _time.Advance(TimeSpan.FromTicks(Math.Max(0, (long)ticks)));
    }
}
