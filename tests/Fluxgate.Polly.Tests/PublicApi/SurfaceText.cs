namespace Fluxgate;

/// <summary>The surface is written as C# would write it, so that a reader sees at once what changed.</summary>
public sealed class SurfaceText
{
    [Theory]
    [InlineData(typeof(Shapes.Part<>), "abstract class Fluxgate.Shapes.Part<T> : IDisposable where T : class, new()")]
    [InlineData(typeof(Shapes.Part<>), "    protected Part(string name)")]
    [InlineData(
        typeof(Shapes.Part<>),
        "    abstract T? Find(IReadOnlyDictionary<string, T?>? among, in int from = 3, params string?[] names)"
    )]
    [InlineData(typeof(Shapes.Part<>), "    protected virtual (int, string?) Count { get; }")]
    [InlineData(typeof(Shapes.Part<>), "    static string? Name { get; protected set; }")]
    [InlineData(typeof(Shapes.Part<>), "    event Action<T>? Changed")]
    [InlineData(typeof(Shapes.Part<>), "    const string Word = \"part\"")]
    [InlineData(typeof(Shapes.Part<>), "    T this[int index] { get; }")]
    [InlineData(typeof(Shapes.Part<>), "    static explicit operator int(Shapes.Part<T> part)")]
    [InlineData(typeof(Shapes.Pair), "sealed record Fluxgate.Shapes.Pair : IEquatable<Shapes.Pair>")]
    [InlineData(typeof(Shapes.Pair), "    required string Second { get; init; }")]
    [InlineData(typeof(Shapes.Size), "enum Fluxgate.Shapes.Size : byte")]
    [InlineData(typeof(Shapes.Size), "    Small = 1")]
    [InlineData(typeof(Shapes.Judge<>), "delegate bool Fluxgate.Shapes.Judge<in T>(T value, Shapes.Size size = Size.Large)")]
    [InlineData(typeof(Shapes.IThing), "    virtual bool TryGet(ref long at, out string? found)")]
    [InlineData(
        typeof(Shapes.Extensions),
        "    static T Or<T>(T? value, T other, TimeSpan wait = default, bool? sure = null) where T : class?, IDisposable"
    )]
    public void A_type_and_its_members_are_lines_of_csharp(Type type, string line) => Assert.Contains(line, LinesOf(type));

    [Fact]
    public void What_no_user_can_reach_has_no_line()
    {
        var text = string.Join('\n', LinesOf(typeof(Shapes.Part<>)).Concat(LinesOf(typeof(Shapes.Pair))));
        Assert.All(
            ["Hidden", "Deconstruct", "PrintMembers", "add_", "get_"],
            word => Assert.DoesNotContain(word, text, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Enum_members_stand_in_the_order_of_their_values() =>
        Assert.Equal(["    Small = 1", "    Large = 2"], LinesOf(typeof(Shapes.Size)).Skip(1));

    [Fact]
    public void A_difference_names_the_lines_that_vanished_and_appeared_with_their_type() =>
        Assert.Equal(
            ["+ class B . int New()", "- class B . int Old()", "+ class C"],
            LineDifference.Between(
                "class A\n    int Old()\nclass B : A\n    int Old()\n",
                "class A\n    int Old()\nclass B : A\n    int New()\nclass C\n"
            )
        );

    [Fact]
    public void Equal_texts_have_no_difference_and_reordered_ones_have()
    {
        Assert.Empty(LineDifference.Between("a\nb\n", "a\nb\n"));
        Assert.Single(LineDifference.Between("a\nb\n", "b\na\n"));
    }

    private static string[] LinesOf(Type type) => Surface.Of([type]).TrimEnd('\n').Split('\n');
}
