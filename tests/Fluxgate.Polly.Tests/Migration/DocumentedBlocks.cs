namespace Fluxgate;

/// <summary>Compares every C# block of a document with a region that the tests compile and run; see <see cref="DocumentedCode"/>.</summary>
public sealed class DocumentedBlocks
{
    private static readonly string[] Folders = ["tests", "samples"];
    private static readonly string[] Declarations = ["    public async Task ", "    public void "];

    public static TheoryData<string> All => [.. Pages.All, .. Pages.OfSamples];

    [Theory]
    [MemberData(nameof(All))]
    public void Every_block_equals_its_region(string document)
    {
        var blocks = DocumentedCode.BlocksOf(Repository.Read(document)).ToLookup(block => block.Heading);
        var regions = Regions(document).ToLookup(region => region.Heading);
        var problems = blocks
            .Select(group => group.Key)
            .Union(regions.Select(group => group.Key))
            .SelectMany(heading => Compare([.. blocks[heading]], [.. regions[heading]]))
            .ToArray();

        Assert.True(
            problems.Length == 0,
            $"{document} and the code that runs for it differ (- the code, + the document):\n{string.Join('\n', problems)}"
        );
    }

    [Fact]
    public void The_blocks_of_documents_are_found() =>
        Assert.InRange(Pages.All.Count(page => DocumentedCode.BlocksOf(Repository.Read(page)).Count > 0), 10, int.MaxValue);

    [Fact]
    public void Every_row_of_the_migration_tables_links_to_an_example()
    {
        var document = Repository.Read("docs/migrating.md");
        var examples = DocumentedCode
            .BlocksOf(document)
            .Select(block => "(#" + Pages.AnchorOf(block.Heading) + ")")
            .ToHashSet(StringComparer.Ordinal);
        var rows = Rows(document, "example");

        Assert.True(rows.Count > 30, $"{rows.Count} rows were found.");
        Assert.All(
            rows,
            row =>
                Assert.True(
                    examples.Any(example => row.TrimEnd(' ', '|').EndsWith(example, StringComparison.Ordinal)),
                    $"No example: {row}"
                )
        );
    }

    [Theory]
    [InlineData("docs/migrating.md", 20)]
    [InlineData("docs/migrating-http-handlers.md", 15)]
    public void Every_row_of_the_differences_names_existing_tests(string page, int least)
    {
        var tests = Sources().SelectMany(File.ReadLines).Select(TestNamed).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var rows = Rows(Repository.Read(page), "test");

        Assert.True(rows.Count > least, $"{rows.Count} rows were found.");
        Assert.All(
            rows,
            row =>
            {
                var names = row.TrimEnd(' ', '|').Split('|')[^1].Split(',', StringSplitOptions.TrimEntries);
                Assert.All(names, name => Assert.True(tests.Contains(name.Trim('`')), $"No test {name}: {row}"));
            }
        );
    }

    [Fact]
    public void Every_row_of_the_page_on_Polly_names_an_example_or_a_test()
    {
        var document = Repository.Read("docs/migrating.md");

        Assert.Equal(Rows(document, "").Count, Rows(document, "test").Count + Rows(document, "example").Count);
    }

    [Fact]
    public void Every_row_of_the_comparison_names_existing_tests()
    {
        var tests = Sources().SelectMany(File.ReadLines).Select(TestNamed).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var prefixes = Rows(Repository.Read("docs/comparison.md"), "test")
            .SelectMany(row => row.TrimEnd(' ', '|').Split('|')[^1].Split(',', StringSplitOptions.TrimEntries))
            .Select(name => name.Trim('`', '…'))
            .ToArray();

        Assert.InRange(prefixes.Length, 14, int.MaxValue);
        Assert.All(prefixes, prefix => Assert.Contains(tests, test => test.StartsWith(prefix, StringComparison.Ordinal)));
    }

    [Fact]
    public void A_block_that_differs_from_its_region_is_reported()
    {
        var block = DocumentedCode.BlocksOf("# One\n```csharp\nusing Polly;\n\nvar a = 1;\nvar b = 2;\n```\n").Single();
        var region = DocumentedCode
            .RegionsOf(
                "using Polly;\n    #region A.md: One\n    var a = 1;\n    #endregion\n    #region A.md: One (continued)\n    var c = 2;\n    #endregion\n",
                "A.md"
            )
            .Single();

        Assert.Equal(["+ var b = 2;", "- var c = 2;"], DocumentedCode.Difference(block, region));
        Assert.Equal("  the file of the region lacks: using Polly;", DocumentedCode.Difference(block, region with { Usings = [] })[0]);
        Assert.Empty(Compare([region], [region]));
        Assert.Single(Compare([block], []));
        Assert.Single(Compare([], [region]));
    }

    private static IEnumerable<string> Compare(IReadOnlyList<DocumentedCode.Piece> blocks, IReadOnlyList<DocumentedCode.Piece> regions)
    {
        for (var i = 0; i < Math.Max(blocks.Count, regions.Count); i++)
        {
            if (i >= regions.Count)
            {
                yield return $"no code runs for the block below '{blocks[i]}'";
            }
            else if (i >= blocks.Count)
            {
                yield return $"nothing below this heading shows the region '{regions[i]}'";
            }
            else if (DocumentedCode.Difference(blocks[i], regions[i]) is { Count: > 0 } difference)
            {
                yield return $"'{blocks[i]}'\n{string.Join('\n', difference)}";
            }
        }
    }

    /// <summary>Returns the rows of the tables whose last column has that name; of all tables if it is empty.</summary>
    private static List<string> Rows(string document, string lastColumn)
    {
        var (rows, isTable, isWanted) = (new List<string>(), false, false);
        foreach (var line in document.Split('\n'))
        {
            if (!line.StartsWith('|'))
            {
                isTable = false;
            }
            else if (!isTable)
            {
                (isTable, isWanted) = (true, line.EndsWith($"{lastColumn} |", StringComparison.Ordinal));
            }
            else if (isWanted && !line.StartsWith("|--", StringComparison.Ordinal))
            {
                rows.Add(line);
            }
        }

        return rows;
    }

    private static IEnumerable<DocumentedCode.Piece> Regions(string document) =>
        Sources().SelectMany(file => DocumentedCode.RegionsOf(File.ReadAllText(file).ReplaceLineEndings("\n"), document));

    private static IEnumerable<string> Sources() =>
        Folders
            .SelectMany(folder =>
                Directory.GetFiles(Repository.Find(folder), "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            )
            .Where(file =>
                !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
                && !file.EndsWith(nameof(DocumentedBlocks) + ".cs", StringComparison.Ordinal)
            );

    /// <summary>Returns the name of the test that a line of a source file declares.</summary>
    private static string? TestNamed(string line) =>
        Declarations.FirstOrDefault(start => line.StartsWith(start, StringComparison.Ordinal)) is { } start
            ? line[start.Length..].Split('(')[0]
            : null;
}
