namespace Fluxgate;

/// <summary>The least number of failures that reaches a rate: a higher number would miss a trip, a lower one would evaluate too often.</summary>
public sealed class FailureRateLimits
{
    private static readonly double[] Ratios =
    [
        0.07,
        0.14,
        0.28,
        0.29,
        0.57,
        0.58,
        1 / 3d,
        2 / 3d,
        0.1,
        0.9,
        0.999,
        1,
        1e-9,
        double.Epsilon,
    ];

    [Fact]
    public void LeastFailures_reaches_the_rate_and_one_fewer_does_not()
    {
        foreach (var ratio in Ratios)
        {
            for (var calls = 1; calls <= 2000; calls++)
            {
                AssertLeast(ratio, calls);
            }
        }
    }

    [Fact]
    public void LeastFailures_is_exact_next_to_a_quotient_of_calls()
    {
        var random = new Random(9);
        for (var i = 0; i < 100_000; i++)
        {
            var calls = random.Next(1, (int)Math.Pow(10, random.Next(1, 10)) + 1);
            var quotient = (double)random.Next(1, calls + 1) / calls;

            AssertLeast(quotient, calls);
            AssertLeast(Math.BitDecrement(quotient), calls);
            AssertLeast(Math.Min(1, Math.BitIncrement(quotient)), calls);
        }
    }

    private static void AssertLeast(double ratio, long calls)
    {
        var least = Tripper.FailureRate(ratio).LeastFailures(BreakerState.Closed, calls);

        if (least < 1 || (double)least / calls < ratio || (least > 1 && (double)(least - 1) / calls >= ratio))
        {
            Assert.Fail($"FailureRate({ratio:R}) of {calls} calls needs {least} failures.");
        }
    }
}
