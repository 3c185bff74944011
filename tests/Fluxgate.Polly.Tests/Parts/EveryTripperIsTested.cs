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
        AreAllIn(KindsOf(seen), "Parts/RandomRules.cs");
    }

    [Fact]
    public void Random_texts_contain_every_tripper()
    {
        var seen = new List<Tripper>();
        RandomParts.ForAll(RandomParts.Trippers, rule => seen.AddRange(rule.Leaves));
        AreAllIn(KindsOf(seen), "RulesAsText/RandomParts.cs");
    }

    [Fact]
    public void The_scripts_of_the_reference_model_contain_every_tripper()
    {
        var seen = Scripts.AnyRule(depth: 1).Sample(2000).Select(leaf => leaf.GetType().Name).Distinct();
        AreAllIn([.. seen, nameof(InState)], "Model/RuleSpec.cs and Model/Scripts.Parts.cs");
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/parts-and-rules.md")]
    public void Documents_name_every_tripper(string document)
    {
        var page = Repository.Read(document);
        AreAllIn([.. Kinds.Where(kind => page.Contains($"`{kind}", StringComparison.Ordinal)), nameof(InState)], document);
    }

    private static void AreAllIn(IEnumerable<string> seen, string file) =>
        Assert.True(!Kinds.Except(seen).Any(), $"Add {string.Join(", ", Kinds.Except(seen))} to {file}.");

    internal static IEnumerable<string> KindsOf(IEnumerable<Tripper> leaves) =>
        leaves.Select(leaf => leaf.GetType().Name).Distinct().Order(StringComparer.Ordinal);
}
