namespace Fluxgate;

/// <summary>Runs calls on an instrumented copy of the library.</summary>
public sealed class FilesOfACall
{
    // A newcomer has to read them to follow one call.
    private const int Most = 35;

    private static readonly Dictionary<string, string[]> Calls = new InstrumentedLibrary().Run(CallsThroughClosedCircuits.Run);

    public static TheoryData<string> Names => [.. Calls.Keys.Where(call => call != CallsThroughClosedCircuits.TheTrip)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_call_that_leaves_the_circuit_closed_enters_few_files(string call)
    {
        Assert.InRange(Calls[call].Length, 10, Most);
        Assert.Equal("FluxgateStrategy", Calls[call][0]);
    }

    [Fact]
    public void The_table_of_the_architecture_lists_the_files_of_each_call()
    {
        var success = Calls["a success"];
        var rows = Calls.Select(call =>
        {
            var listed = call.Value == success ? success : call.Value.Except(success);
            return $"| {call.Key} | {call.Value.Length} | {string.Join(", ", listed.Select(file => $"`{file}`"))} |";
        });
        var table = string.Join('\n', rows);

        Assert.True(
            Repository.Read("docs/architecture.md").Contains(table, StringComparison.Ordinal),
            $"docs/architecture.md has to contain these rows:\n{table}"
        );
    }
}
