namespace Fluxgate;

/// <summary>A rule as plain data: the engine uses the tripper built from it, the reference evaluates the data.</summary>
internal abstract record RuleSpec
{
    public abstract Tripper Build(Faults faults);

    /// <summary>Gets all leaves, from left to right.</summary>
    public virtual IEnumerable<RuleSpec> Leaves => [this];

    /// <summary>Returns whether the rule can ever fire while the circuit is closed; a rule that cannot is invalid.</summary>
    public virtual bool CanFireWhileClosed(int? capacity) => true;

    /// <summary>Gets smaller rules, for shrinking.</summary>
    public virtual IEnumerable<RuleSpec> Smaller => [];

    public sealed override string ToString() => Build(new()).ToString()!;

    public sealed record MinRequests(int Count) : RuleSpec
    {
        public override Tripper Build(Faults faults) => Tripper.MinRequests(Count);

        public override bool CanFireWhileClosed(int? capacity) => Count <= (capacity ?? int.MaxValue);

        public override IEnumerable<RuleSpec> Smaller => Count > 1 ? [new MinRequests(Count - 1)] : [];
    }

    public sealed record FailureRate(double Ratio) : RuleSpec
    {
        public override Tripper Build(Faults faults) => Tripper.FailureRate(Ratio);
    }

    public sealed record SlowRate(double Ratio, TimeSpan Threshold) : RuleSpec
    {
        public override Tripper Build(Faults faults) => Tripper.SlowRate(Ratio, Threshold);
    }

    public sealed record AvgLatency(TimeSpan Threshold) : RuleSpec
    {
        public override Tripper Build(Faults faults) => Tripper.AvgLatency(Threshold);
    }

    public sealed record FailureStreak(int Count) : RuleSpec
    {
        public override Tripper Build(Faults faults) => Tripper.FailureStreak(Count);

        public override IEnumerable<RuleSpec> Smaller => Count > 1 ? [new FailureStreak(Count - 1)] : [];
    }

    public sealed record Closed : RuleSpec
    {
        public override Tripper Build(Faults faults) => Tripper.Closed;
    }

    public sealed record HalfOpened : RuleSpec
    {
        public override Tripper Build(Faults faults) => Tripper.HalfOpened;

        public override bool CanFireWhileClosed(int? capacity) => false;
    }

    public sealed record Own(int Failures) : RuleSpec
    {
        public override Tripper Build(Faults faults) => new ScriptedTripper(Failures, faults);
    }

    public sealed record Both(RuleSpec Left, RuleSpec Right) : RuleSpec
    {
        public override Tripper Build(Faults faults) => Left.Build(faults) & Right.Build(faults);

        public override IEnumerable<RuleSpec> Leaves => [.. Left.Leaves, .. Right.Leaves];

        public override bool CanFireWhileClosed(int? capacity) => Left.CanFireWhileClosed(capacity) && Right.CanFireWhileClosed(capacity);

        public override IEnumerable<RuleSpec> Smaller =>
            [
                Left,
                Right,
                .. Left.Smaller.Select(left => this with { Left = left }),
                .. Right.Smaller.Select(right => this with { Right = right }),
            ];
    }

    public sealed record Either(RuleSpec Left, RuleSpec Right) : RuleSpec
    {
        public override Tripper Build(Faults faults) => Left.Build(faults) | Right.Build(faults);

        public override IEnumerable<RuleSpec> Leaves => [.. Left.Leaves, .. Right.Leaves];

        public override bool CanFireWhileClosed(int? capacity) => Left.CanFireWhileClosed(capacity) || Right.CanFireWhileClosed(capacity);

        public override IEnumerable<RuleSpec> Smaller =>
            [
                Left,
                Right,
                .. Left.Smaller.Select(left => this with { Left = left }),
                .. Right.Smaller.Select(right => this with { Right = right }),
            ];
    }
}
