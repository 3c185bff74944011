namespace Fluxgate;

public sealed class LineDifferences
{
    [Fact]
    public void Removed_and_added_lines_are_reported() =>
        Assert.Equal(["+ new", "- old"], LineDifference.Between("same\nold\n", "same\nnew\n"));

    [Fact]
    public void Equal_texts_have_no_difference() => Assert.Empty(LineDifference.Between("a\nb\n", "a\nb\n"));

    [Fact]
    public void Reordered_lines_are_a_difference() => Assert.Single(LineDifference.Between("a\nb\n", "b\na\n"));
}
