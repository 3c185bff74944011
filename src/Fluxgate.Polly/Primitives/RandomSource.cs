namespace Fluxgate;

/// <summary>A random number generator that validates the numbers of a user's function.</summary>
internal sealed class RandomSource(Func<double> randomizer)
{
    public static readonly RandomSource Shared = new(Random.Shared.NextDouble);

    public double Next()
    {
        var number = randomizer();
        return number is >= 0 and < 1
            ? number
            : throw new InvalidOperationException(
                $"Randomizer must return at least 0 and less than 1, but returned {RuleText.Number(number)}."
            );
    }
}
