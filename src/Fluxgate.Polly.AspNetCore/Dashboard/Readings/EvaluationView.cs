namespace Fluxgate;

/// <summary>A rule or a part of it on the present calls, as <see cref="RuleEvaluation"/> describes it.</summary>
internal sealed record EvaluationView(
    string Rule,
    bool? Fires,
    string Text,
    string? Operator,
    double? Measured,
    double? Threshold,
    double? Progress,
    IReadOnlyList<EvaluationView>? Parts
)
{
    public static EvaluationView Of(RuleEvaluation evaluation) =>
        new(
            evaluation.Rule,
            evaluation.Fires,
            evaluation.Text,
            evaluation.Operator switch
            {
                RuleOperator.All => "all",
                RuleOperator.Any => "any",
                _ => null,
            },
            evaluation.Measured,
            evaluation.Threshold,
            evaluation.Progress,
            evaluation.Operator is null ? null : [.. evaluation.Parts.Select(Of)]
        );
}
