namespace Fluxgate;

/// <summary>Compares the results of Prometheus with the counts of the processes.</summary>
internal static class KitQueries
{
    // Sums of fractions are rounded in a different order.
    private const double Precision = 1e-9;

    /// <summary>Runs all queries. Each must have an expected result, and each expected result a query.</summary>
    public static async Task AssertCountsAsync(
        MonitoredOutage outage,
        IReadOnlyCollection<KitQuery> queries,
        IReadOnlyDictionary<string, Func<KitMoment, KitVector>> expected,
        KitMoment? seen = null
    )
    {
        var problems = new List<string>();
        foreach (var query in queries)
        {
            problems.Add(
                expected.TryGetValue(query.Text, out var counted)
                    ? await ProblemAsync(outage, query, counted, seen)
                    : $"{query.Where} has no expected result:\n{query.Text}"
            );
        }

        problems.AddRange(
            expected.Keys.Except(queries.Select(query => query.Text)).Select(stale => $"No query for this expected result:\n{stale}")
        );
        problems.RemoveAll(problem => problem.Length == 0);
        Assert.True(problems.Count == 0, string.Join("\n\n", problems));
    }

    private static async Task<string> ProblemAsync(
        MonitoredOutage outage,
        KitQuery query,
        Func<KitMoment, KitVector> counted,
        KitMoment? seen
    )
    {
        var actual = ByKey(await outage.QueryAsync(query.Sent));
        var cases = (seen ?? outage.Now).Cases.Select(moment => ByKey(counted(moment))).ToArray();
        if (seen is null && cases[0].Values.All(double.IsNaN))
        {
            return $"{query.Where} has no value in this outage:\n{query.Sent}";
        }

        return cases.Any(expected => Differences(actual, expected).Count == 0) ? "" : Message(query, actual, cases[0]);
    }

    private static string Message(KitQuery query, Dictionary<string, double> actual, Dictionary<string, double> expected) =>
        $"""
            {query.Where} queries:
            {query.Sent}
            Prometheus returned, where it differs from the counts:
            {Lines(actual, Differences(actual, expected))}
            The counts of the processes are:
            {Lines(expected, Differences(actual, expected))}
            """;

    private static string Lines(Dictionary<string, double> answer, IEnumerable<string> keys) =>
        string.Join(
            '\n',
            keys.Select(key => $"{{{key.Replace("\n", "\\n")}}} {(answer.TryGetValue(key, out var value) ? $"{value:R}" : "is absent")}")
        );

    private static List<string> Differences(Dictionary<string, double> actual, Dictionary<string, double> expected) =>
        [
            .. actual
                .Keys.Union(expected.Keys)
                .Where(key => !actual.TryGetValue(key, out var one) || !expected.TryGetValue(key, out var other) || !AreEqual(one, other))
                .Order(StringComparer.Ordinal),
        ];

    private static bool AreEqual(double one, double other) =>
        one.Equals(other) || Math.Abs(one - other) <= Precision * Math.Max(1, Math.Abs(other));

    private static Dictionary<string, double> ByKey(IEnumerable<KitSample> samples) =>
        samples.ToDictionary(sample => sample.Key, sample => sample.Value, StringComparer.Ordinal);
}
