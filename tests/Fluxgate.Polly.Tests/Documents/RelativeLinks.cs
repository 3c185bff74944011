using System.Text.RegularExpressions;

namespace Fluxgate;

/// <summary>The relative links of the documents: each file and each heading that a link names exists.</summary>
public sealed partial class RelativeLinks
{
    public static TheoryData<string> All => [.. Pages.All, .. Pages.OfSamples];

    [Theory]
    [MemberData(nameof(All))]
    public void Every_relative_link_resolves(string document)
    {
        string[] broken = [.. LinksOf(Repository.Read(document)).Where(link => !Resolves(document, link))];

        Assert.True(broken.Length == 0, $"{document} has links to what does not exist: {string.Join(", ", broken)}");
    }

    [Theory]
    [InlineData("docs/http.md", "")]
    [InlineData("docs/http.md#retry-after", "")]
    [InlineData("src", "")]
    [InlineData("docs/no-page.md", "docs/no-page.md")]
    [InlineData("docs/http.md#no-heading", "docs/http.md#no-heading")]
    [InlineData("#no-heading", "#no-heading")]
    [InlineData("https://www.pollydocs.org", "")]
    public void A_broken_link_is_reported(string target, string broken) =>
        Assert.Equal(broken, string.Concat(LinksOf($"See [this]({target}).").Where(link => !Resolves("README.md", link))));

    [Fact]
    public void Links_in_code_are_not_links() => Assert.Empty(LinksOf("`x[0](y)`\n```csharp\nvar a = b[0](c);\n```\n"));

    private static IEnumerable<string> LinksOf(string markdown) =>
        LinkOf()
            .Matches(CodeOf().Replace(markdown, ""))
            .Select(match => match.Groups["target"].Value)
            .Where(link => !link.Contains("://", StringComparison.Ordinal));

    private static bool Resolves(string document, string link)
    {
        var (path, anchor) = link.Split('#') is [var before, var after] ? (before, after) : (link, null);
        var target = path.Length == 0 ? document : Path.Combine(Path.GetDirectoryName(document)!, path);
        var file = Repository.Find(target);
        return File.Exists(file) || Directory.Exists(file) && anchor is null
            ? anchor is null || Pages.AnchorsOf(Repository.Read(target)).Contains(anchor)
            : false;
    }

    [GeneratedRegex(@"\]\((?<target>[^()\s]+)\)", RegexOptions.None, 10_000)]
    private static partial Regex LinkOf();

    [GeneratedRegex(@"^```.*?^```|`[^`\n]*`", RegexOptions.Multiline | RegexOptions.Singleline, 10_000)]
    private static partial Regex CodeOf();
}
