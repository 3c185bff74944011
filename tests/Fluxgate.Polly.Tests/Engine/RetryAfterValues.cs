namespace Fluxgate;

public sealed class RetryAfterValues
{
    [Theory]
    [InlineData(20.7, 21)]
    [InlineData(20.0001, 21)]
    [InlineData(20, 20)]
    [InlineData(0.0001, 1)]
    public void RetryAfter_is_rounded_up_to_whole_milliseconds(double breakFor, double retryAfter)
    {
        var world = new World(new() { BreakDuration = BreakDuration.Fixed(TimeSpan.FromMilliseconds(breakFor)) });
        world.Breaker.Trip();

        Assert.Equal(TimeSpan.FromMilliseconds(retryAfter), world.Now.RetryAfter);
        var rejection = Assert.Throws<CallNotPermittedException>(world.Breaker.Admit);
        Assert.Equal(TimeSpan.FromMilliseconds(retryAfter), rejection.RetryAfter);
    }

    [Fact]
    public void RetryAfter_is_rounded_up_on_a_clock_of_another_frequency()
    {
        var time = new VirtualTime(frequency: 3);
        var breaker = new FluxgateBreaker("payments", new() { BreakDuration = BreakDuration.Fixed(TimeSpan.FromSeconds(1)) }, time);
        breaker.Trip();
        time.Advance(TimeSpan.FromSeconds(0.34));

        Assert.Equal(TimeSpan.FromMilliseconds(667), breaker.Snapshot().RetryAfter);
    }

    [Fact]
    public async Task RetryAfter_is_never_too_early_on_the_system_clock()
    {
        var (waited, early) = (0, 0);
        for (var round = 0; waited < 25 && round < 1_000; round++)
        {
            using var breaker = new FluxgateBreaker(
                "payments",
                new() { BreakDuration = BreakDuration.Fixed(TimeSpan.FromMilliseconds(4.7 + waited)) }
            );
            breaker.Trip();
            if (Record.Exception(breaker.Admit) is not CallNotPermittedException { RetryAfter: { } retryAfter })
            {
                // The machine was slow: the break ended before the call came.
                continue;
            }

            await Task.Delay(retryAfter);
            waited++;
            early += breaker.TryAdmit(out _) ? 0 : 1;
        }

        Assert.Equal((25, 0), (waited, early));
    }
}
