namespace Fluxgate;

/// <summary>A slow threshold that is shorter than the time in which a call is admitted.</summary>
public sealed class ShortSlowThresholds
{
    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(1_000)]
    public async Task A_call_is_admitted_and_settled_although_the_clock_never_stands_still(int microseconds)
    {
        var admitting = Task.Run(() =>
        {
            using var breaker = new FluxgateBreaker(
                "payments",
                new() { Tripper = Tripper.MinRequests(10) & Tripper.SlowRate(1, TimeSpan.FromMicroseconds(microseconds)) },
                new TickingTime()
            );
            breaker.Admit().Settle(Verdict.Success);
            return breaker.Snapshot().Requests;
        });

        // The deadline only prevents hanging.
        Assert.Equal(1, await admitting.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    /// <summary>A clock of which each reading is a microsecond after the one before.</summary>
    private sealed class TickingTime : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Add(ref _ticks, TimeSpan.TicksPerMicrosecond);
    }
}
