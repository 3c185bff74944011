namespace Fluxgate;

public sealed class CallRings
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(100)]
    [InlineData(1000)]
    public void A_ring_sums_the_last_calls_like_a_plain_list(int size)
    {
        var (ring, random, calls) = (new CallRing(size), new Random(size), new List<CallCounts>());
        var thresholds = new SlowThresholds([TimeSpan.FromTicks(3), TimeSpan.FromTicks(6)]);
        for (var i = 0; i < (4 * size) + 200; i++)
        {
            var (failed, ticks) = (random.Next(2) == 0, random.Next(10));
            calls.Add(thresholds.Call(failed, ticks));

            Assert.Equal(calls.Count, ring.Add(failed, ticks, thresholds.Reached(ticks)));
            var back = Math.Max(1, calls.Count - random.Next(30));
            Assert.True(ring.MayHold(Expected(back).Failures, back));
            if (random.Next(5) == 0)
            {
                var position = Math.Max(1, calls.Count - random.Next(30));
                Assert.Equal(Expected(position), ring.Read(position));
                Assert.Equal(Expected(calls.Count), ring.Read(calls.Count));
            }
        }

        CallCounts Expected(int position) => calls.Take(position).TakeLast(size).Sum();
    }

    [Fact]
    public void A_ring_sums_the_last_calls_when_a_position_is_overwritten()
    {
        var ring = new CallRing(4);
        for (var i = 0; i < 1000; i++)
        {
            ring.Add(failed: i >= 998, durationTicks: 1, reached: 0);
        }

        Assert.Equal(Calls.Many(4, 2, TimeSpan.FromTicks(4)), ring.Read(3));
    }

    [Fact]
    public void A_ring_sums_the_longest_durations_without_overflow()
    {
        const int Size = FluxgateDefaults.MaxMeasuredCalls;
        var ring = new CallRing(Size);
        for (var i = 0; i < Size; i++)
        {
            ring.Add(failed: false, Clock.LongestTicks, reached: 0);
        }

        Assert.Equal(TimeSpan.FromTicks(Size * Clock.LongestTicks), ring.Read(Size).TotalDuration);
    }

    [Fact]
    public void Each_call_of_many_threads_gets_its_own_place()
    {
        const int Calls = 20_000;
        var ring = new CallRing(size: 50);
        var positions = new List<long>[ConcurrentWork.Threads];
        ConcurrentWork.Run(thread =>
        {
            positions[thread] = [];
            for (var i = 0; i < Calls; i++)
            {
                var position = ring.Add(failed: thread % 2 == 0, durationTicks: thread, reached: 0);
                positions[thread].Add(position);
                Assert.InRange(ring.Read(position).Failures, 0, 50);
            }
        });

        Assert.Equal(
            Enumerable.Range(1, ConcurrentWork.Threads * Calls).Select(position => (long)position),
            positions.SelectMany(own => own).Order()
        );
        var last = positions
            .SelectMany((own, thread) => own.Select(position => (Position: position, Thread: thread)))
            .OrderByDescending(call => call.Position)
            .Take(50)
            .ToList();
        var sum = ring.Read(ring.Calls);
        Assert.Equal((last.Count(call => call.Thread % 2 == 0), last.Sum(call => call.Thread)), (sum.Failures, sum.TotalDuration.Ticks));
    }
}
