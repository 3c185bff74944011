namespace Fluxgate;

/// <summary>
/// The evaluation of a rule on given sums, part by part: whether the rule fires, and the measured value and the threshold of each leaf. See
/// <see cref="Tripper.Evaluate"/> and <see cref="BreakerSnapshot.Evaluate"/>. Immutable.
/// </summary>
public sealed class RuleEvaluation
{
    private RuleEvaluation(string rule, bool? fires, string text)
    {
        Rule = rule;
        Fires = fires;
        Text = text;
    }

    /// <summary>Gets the text of the rule or part, such as <c>FailureRate(50%)</c>.</summary>
    public string Rule { get; }

    /// <summary>Gets whether the rule fires; <see langword="null"/> if this is unknown: a leaf needs numbers that are not counted, or a user's leaf threw.</summary>
    public bool? Fires { get; }

    /// <summary>Gets the measured values, whether they reach the thresholds or not, such as <c>FailureRate 30% &lt; 50% (15 of 50) &amp; MinRequests 50 >= 20</c>.</summary>
    public string Text { get; }

    /// <summary>Gets the measured value of a built-in leaf: a ratio from 0 to 1, a number of calls, or seconds. <see langword="null"/> for other leaves, if it is unknown, and for combined rules.</summary>
    public double? Measured { get; private init; }

    /// <summary>Gets the threshold of a built-in leaf, in the unit of <see cref="Measured"/>; <see langword="null"/> for other leaves, and for combined rules.</summary>
    public double? Threshold { get; private init; }

    /// <summary>Gets the kind of a leaf, such as <c>FailureRate</c>; <see langword="null"/> for combined rules.</summary>
    public string? Kind { get; private init; }

    /// <summary>
    /// Gets how far the rule is on its way to firing, from 0 to 1: for a leaf the measured value divided by the threshold, for <c>&amp;</c> the least of its
    /// parts, and for <c>|</c> the greatest. It is 1 if the rule fires, and less if it does not.
    /// </summary>
    /// <value><see langword="null"/> if it is unknown.</value>
    public double? Progress { get; private init; }

    /// <summary>Gets how the rule combines its <see cref="Parts"/>; <see langword="null"/> for a leaf.</summary>
    public RuleOperator? Operator { get; private init; }

    /// <summary>Gets the parts of a combined rule, from left to right; empty for a leaf. Parts that are combined with the same operator are one list.</summary>
    public IReadOnlyList<RuleEvaluation> Parts { get; private init; } = [];

    /// <summary>Gets the leaves of the rule, from left to right; the rule itself if it is a leaf.</summary>
    public IEnumerable<RuleEvaluation> Leaves => Operator is null ? [this] : Parts.SelectMany(part => part.Leaves);

    /// <summary>Returns the <see cref="Text"/>.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => Text;

    /// <summary>Evaluates a leaf. Never throws.</summary>
    internal static RuleEvaluation OfLeaf(Tripper leaf, in TripperContext context) =>
        Tripper.IsBuiltIn(leaf) ? OfBuiltIn(leaf, context) : OfUser(leaf, context);

    internal static RuleEvaluation Combined(RuleOperator combines, RuleEvaluation left, RuleEvaluation right)
    {
        RuleEvaluation[] parts = [.. PartsOf(left), .. PartsOf(right)];
        var isAll = combines == RuleOperator.All;

        // One part that decides is enough, even if it is unknown what the others do.
        bool? fires =
            parts.Any(part => part.Fires == !isAll) ? !isAll
            : parts.Any(part => part.Fires is null) ? null
            : isAll;
        var known = parts.Select(part => part.Progress);
        return new(Join(part => part.Rule), fires, Join(part => part.Text))
        {
            Operator = combines,
            Parts = parts,
            Progress =
                fires is null || parts.Any(part => part.Progress is null) && fires == false ? null
                : fires == true ? 1
                : isAll ? known.Min()
                : known.Max(),
        };

        IEnumerable<RuleEvaluation> PartsOf(RuleEvaluation part) => part.Operator == combines ? part.Parts : [part];

        string Join(Func<RuleEvaluation, string> textOf) =>
            string.Join(
                isAll ? " & " : " | ",
                parts.Select(part => isAll && part.Operator == RuleOperator.Any ? $"({textOf(part)})" : textOf(part))
            );
    }

    private static RuleEvaluation OfBuiltIn(Tripper leaf, in TripperContext context)
    {
        var rule = leaf.ToString()!;
        if (leaf.ReasonUnknown(context) is { } reason)
        {
            return new(rule, fires: null, $"{leaf.Kind}: {reason}") { Kind = leaf.Kind, Threshold = leaf.Threshold };
        }

        var (fires, finding) = (leaf.Fires(context), leaf.Explain(context));
        return new(rule, fires, finding.Threshold is null ? $"{finding.Text}: {(fires ? "yes" : "no")}" : finding.Text)
        {
            Kind = leaf.Kind,
            Measured = finding.Measured,
            Threshold = finding.Threshold,
            Progress = fires ? 1 : Math.Min((finding.Measured ?? 0) / (finding.Threshold ?? 1), Math.BitDecrement(1.0)),
        };
    }

    private static RuleEvaluation OfUser(Tripper leaf, in TripperContext context)
    {
        var rule = leaf.Kind;
        try
        {
            rule = leaf.ToString() ?? rule;
            // A rule with state is evaluated as at the start of a phase.
            var fires = leaf.Start().Fires(context);
            return new(rule, fires, $"{rule}: {(fires ? "yes" : "no")}") { Kind = leaf.Kind, Progress = fires ? 1 : null };
        }
        catch (Exception error)
        {
            return new(rule, fires: null, $"{rule}: unknown, it threw {error.GetType().Name}") { Kind = leaf.Kind };
        }
    }
}
