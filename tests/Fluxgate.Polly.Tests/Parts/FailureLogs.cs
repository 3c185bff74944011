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
    public void A_log_counts_like_a_plain_list_over_many_rounds(int capacity)
    {
        var random = new Random(capacity);
        var ledger = new Ledger(SlowThresholds.None, sumsDurations: false);
        var log = new FailureLog(ledger, capacity);
        var failures = new List<long>();
        for (var i = 0; i < (4 * capacity) + 50; i++)
        {
            ledger.TryAdd(Ledger.Successes, random.Next(0, 3));
            ledger.TryCount(Ledger.Failures);
            failures.Add(log.Add());

            Assert.Equal((ledger.Total().Requests, ledger.Total().Requests), (failures[^1], log.Calls));
            var expected = failures.Count(failure => failure > ledger.Total().Requests - capacity);
            Assert.Equal(expected, log.Read(ledger.Total().Requests));
            Assert.False(log.Holds(ledger.Total().Requests, expected + 1));
            Assert.True(log.Holds(ledger.Total().Requests, expected));
            Assert.True(log.Holds(ledger.Total().Requests, 1));
        }
    }

    [Fact]
    public void Read_counts_the_failures_at_an_earlier_place()
    {
        var ledger = new Ledger(SlowThresholds.None, sumsDurations: false);
        var log = new FailureLog(ledger, capacity: 3);
        foreach (var failed in new[] { true, false, true, false, false, false })
        {
            ledger.TryCount(failed ? Ledger.Failures : Ledger.Successes);
            _ = failed ? log.Add() : 0;
        }

        Assert.Equal([1, 1, 2, 1, 1, 0], Enumerable.Range(1, 6).Select(position => log.Read(position)));
    }

    [Fact]
    public void A_failure_that_is_added_late_takes_the_last_place()
    {
        var ledger = new Ledger(SlowThresholds.None, sumsDurations: false);
        var log = new FailureLog(ledger, capacity: 8);
        ledger.TryCount(Ledger.Failures);
        ledger.TryAdd(Ledger.Successes, 9);
        Assert.Equal(9, log.Calls);

        Assert.Equal((10, 10, 1), (log.Add(), log.Calls, log.Read(10)));
    }

    [Fact]
    public void Failures_that_are_added_late_have_different_positions()
    {
        var ledger = new Ledger(SlowThresholds.None, sumsDurations: false);
        var log = new FailureLog(ledger, capacity: 8);
        ledger.TryAdd(Ledger.Failures, 2);

        Assert.Equal((1, 2), (log.Add(), log.Add()));
    }

    [Fact]
    public void An_empty_log_holds_nothing()
    {
        var ledger = new Ledger(SlowThresholds.None, sumsDurations: false);
        var log = new FailureLog(ledger, 100);
        ledger.TryCount(Ledger.Successes);

        Assert.Equal((1, 0), (log.Calls, log.Read(1)));
        Assert.False(log.Holds(1, 1));
    }

    [Fact]
    public void Memory_depends_on_failures_and_not_on_the_capacity()
    {
        // The least of several logs: every log allocates its own memory, and few rounds include what the runtime allocates.
        Assert.InRange(Enumerable.Range(0, 5).Min(_ => BytesOfFailures(32)), 1, 1024);

        static long BytesOfFailures(int failures)
        {
            var ledger = new Ledger(SlowThresholds.None, sumsDurations: false);
            new FailureLog(ledger, 1).Add();
            var before = GC.GetAllocatedBytesForCurrentThread();
            var log = new FailureLog(ledger, int.MaxValue);
            for (var i = 1; i <= failures; i++)
            {
                ledger.TryCount(Ledger.Failures);
                log.Add();
            }

            var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Equal((failures, failures), (log.Calls, log.Read(failures)));
            return bytes;
        }
    }
}
