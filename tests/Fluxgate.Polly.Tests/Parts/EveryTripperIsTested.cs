using FsCheck.Fluent;

namespace Fluxgate;

/// <summary>Requires that the random tests and the reference model know every built-in tripper, so that a new one cannot be forgotten.</summary>
public sealed class EveryTripperIsTested
{
    internal static readonly string[] Kinds =
    [
        .. typeof(Tripper)
            .Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(Tripper)) && !type.IsAbstract)
            .Select(type => type.Name)
            .Except([nameof(BothTrippers), nameof(EitherTripper)])
            .Order(StringComparer.Ordinal),
    ];

    [Fact]
    public void Random_rules_contain_every_tripper()
    {
        var random = new Random(1);
        var seen = Enumerable.Range(0, 500).SelectMany(_ => RandomRules.Next(random, RandomRules.All).Leaves);
        Assert.Equal(Kinds, KindsOf(seen));
    }

    [Fact]
    public void Random_texts_contain_every_tripper()
    {
        var seen = new List<Tripper>();
        RandomParts.ForAll(RandomParts.Trippers, rule => seen.AddRange(rule.Leaves));
        Assert.Equal(Kinds, KindsOf(seen));
    }

    [Fact]
    public void The_scripts_of_the_reference_model_contain_every_tripper()
    {
        var seen = Scripts.AnyRule(depth: 1).Sample(2000).Select(leaf => leaf.GetType().Name).Distinct();
        Assert.Empty(Kinds.Except([nameof(InState)]).Except(seen));
    }

    internal static IEnumerable<string> KindsOf(IEnumerable<Tripper> leaves) =>
        leaves.Select(leaf => leaf.GetType().Name).Distinct().Order(StringComparer.Ordinal);
}
