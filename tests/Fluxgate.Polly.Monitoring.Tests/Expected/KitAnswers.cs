namespace Fluxgate;

/// <summary>Compares what Prometheus answers with what the processes counted.</summary>
internal static class KitAnswers
{
    // Sums of fractions, in another order.
    private const double Precision = 1e-9;

    /// <summary>Asks all questions. Each must have an entry among the expected answers, and each entry a question.</summary>
    public static async Task AreAsCountedAsync(
        MonitoredOutage outage,
        IReadOnlyCollection<KitQuestion> questions,
        IReadOnlyDictionary<string, Func<KitMoment, KitVector>> expected,
        KitMoment? seen = null
    )
    {
        var problems = new List<string>();
        foreach (var question in questions)
        {
            problems.Add(
                expected.TryGetValue(question.Written, out var counted)
                    ? await ProblemAsync(outage, question, counted, seen)
                    : $"{question.Where} asks, and no answer is expected:\n{question.Written}"
            );
        }

        problems.AddRange(
            expected.Keys.Except(questions.Select(question => question.Written)).Select(stale => $"Nothing asks any more:\n{stale}")
        );
        problems.RemoveAll(problem => problem.Length == 0);
        Assert.True(problems.Count == 0, string.Join("\n\n", problems));
    }

    private static async Task<string> ProblemAsync(
        MonitoredOutage outage,
        KitQuestion question,
        Func<KitMoment, KitVector> counted,
        KitMoment? seen
    )
    {
        var said = ByKey(await outage.AskAsync(question.Asked));
        var cases = (seen ?? outage.Now).Cases.Select(moment => ByKey(counted(moment))).ToArray();
        if (seen is null && cases[0].Values.All(double.IsNaN))
        {
            return $"{question.Where} asks for what this outage says nothing about:\n{question.Asked}";
        }

        return cases.Any(expected => Differences(said, expected).Count == 0) ? "" : Message(question, said, cases[0]);
    }

    private static string Message(KitQuestion question, Dictionary<string, double> said, Dictionary<string, double> expected) =>
        $"""
            {question.Where} asks:
            {question.Asked}
            Prometheus said, where it is not what was counted:
            {Lines(said, Differences(said, expected))}
            What the processes counted makes:
            {Lines(expected, Differences(said, expected))}
            """;

    private static string Lines(Dictionary<string, double> answer, IEnumerable<string> keys) =>
        string.Join(
            '\n',
            keys.Select(key => $"{{{key.Replace("\n", "\\n")}}} {(answer.TryGetValue(key, out var value) ? $"{value:R}" : "is absent")}")
        );

    private static List<string> Differences(Dictionary<string, double> said, Dictionary<string, double> expected) =>
        [
            .. said
                .Keys.Union(expected.Keys)
                .Where(key => !said.TryGetValue(key, out var one) || !expected.TryGetValue(key, out var other) || !AreEqual(one, other))
                .Order(StringComparer.Ordinal),
        ];

    private static bool AreEqual(double one, double other) =>
        one.Equals(other) || Math.Abs(one - other) <= Precision * Math.Max(1, Math.Abs(other));

    private static Dictionary<string, double> ByKey(IEnumerable<KitSample> samples) =>
        samples.ToDictionary(sample => sample.Key, sample => sample.Value, StringComparer.Ordinal);
}
