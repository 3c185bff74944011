namespace Fluxgate;

public sealed class FailureLogs
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(96)]
    [InlineData(97)]
    [InlineData(1000)]
    public void Count_like_a_plain_list_over_many_rounds_of_the_ring(int capacity)
    {
        var random = new Random(capacity);
        var log = new FailureLog(capacity);
        var ledger = new Ledger(SlowThresholds.None, sumsDurations: false);
        var failures = new List<long>();
        for (var i = 0; i < (4 * capacity) + 50; i++)
        {
            ledger.TryAdd(Ledger.Successes, random.Next(0, 3));
            ledger.TryCount(Ledger.Failures);
            log.Add(ledger);
            failures.Add(ledger.Recorded);

            var start = random.NextInt64(ledger.Recorded + 1);
            foreach (var from in new[] { 0, start, ledger.Recorded })
            {
                var expected = failures.Count(failure => failure > Math.Max(ledger.Recorded - capacity, from));
                Assert.Equal((expected, ledger.Recorded), log.Read(ledger, from));
                Assert.False(log.Holds(ledger, from, expected + 1));
                Assert.True(expected == 0 || log.Holds(ledger, from, expected));
                Assert.True(expected == 0 || log.Holds(ledger, from, 1));
            }
        }
    }

    [Fact]
    public void An_empty_log_holds_nothing()
    {
        var ledger = new Ledger(SlowThresholds.None, sumsDurations: false);
        var log = new FailureLog(100);
        ledger.TryCount(Ledger.Successes);

        Assert.Equal((0, 1), log.Read(ledger, 0));
        Assert.False(log.Holds(ledger, 0, 1));
    }

    [Fact]
    public void Memory_comes_with_failures_and_not_with_capacity()
    {
        // The least of several logs: what one takes, each takes, and what the runtime does meanwhile is not in all.
        Assert.InRange(Enumerable.Range(0, 5).Min(_ => BytesOfFailures(32)), 1, 1024);

        static long BytesOfFailures(int failures)
        {
            var ledger = new Ledger(SlowThresholds.None, sumsDurations: false);
            new FailureLog(1).Add(ledger);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var log = new FailureLog(int.MaxValue);
            for (var i = 1; i <= failures; i++)
            {
                ledger.TryCount(Ledger.Failures);
                log.Add(ledger);
            }

            var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Equal((failures, failures), log.Read(ledger, 0));
            return bytes;
        }
    }
}
