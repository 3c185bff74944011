namespace Fluxgate;

/// <summary>The source of chance: a user's function, checked.</summary>
internal sealed class RandomSource(Func<double> randomizer)
{
    public static readonly RandomSource Shared = new(Random.Shared.NextDouble);

    public double Next()
    {
        var number = randomizer();
        return number is >= 0 and < 1
            ? number
            : throw new InvalidOperationException(
                $"Randomizer must answer with at least 0 and less than 1, but answered with {RuleText.Number(number)}."
            );
    }
}
