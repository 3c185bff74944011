namespace Fluxgate;

// The other parts as plain data, like RuleSpec.

internal abstract record WindowSpec
{
    public abstract Window Build(Faults faults);

    /// <summary>Gets the capacity, if the settings know it.</summary>
    public virtual int? Capacity => null;

    public sealed override string ToString() => Build(new()).ToString()!;

    public sealed record Count(int Size) : WindowSpec
    {
        public override int? Capacity => Size;

        public override Window Build(Faults faults) => Window.Count(Size);
    }

    public sealed record Time(TimeSpan Length, int Buckets) : WindowSpec
    {
        public override Window Build(Faults faults) => Window.Time(Length, Buckets);
    }

    public sealed record Own(WindowSpec Inner) : WindowSpec
    {
        public override Window Build(Faults faults) => new ScriptedWindow(Inner.Build(faults), faults);
    }
}

internal abstract record BreakSpec
{
    public abstract BreakDuration Build(Faults faults);

    public sealed override string ToString() => Build(new()).ToString()!;

    public sealed record Fixed(TimeSpan Duration, double Jitter) : BreakSpec
    {
        public override BreakDuration Build(Faults faults) => BreakDuration.Fixed(Duration, Jitter);
    }

    public sealed record Backoff(TimeSpan Initial, int Multiplier, TimeSpan Max, double Jitter) : BreakSpec
    {
        public override BreakDuration Build(Faults faults) => BreakDuration.Backoff(Initial, Multiplier, Max, Jitter);
    }

    public sealed record None : BreakSpec
    {
        public override BreakDuration Build(Faults faults) => BreakDuration.None;
    }

    public sealed record UntilReset : BreakSpec
    {
        public override BreakDuration Build(Faults faults) => BreakDuration.UntilReset;
    }

    public sealed record Own(TimeSpan Duration) : BreakSpec
    {
        public override BreakDuration Build(Faults faults) => new ScriptedBreak(Duration, faults);
    }
}

/// <summary>A probe gate that postpones by a time while the circuit has been open for less than another.</summary>
internal sealed record GateSpec(TimeSpan Until, TimeSpan Wait)
{
    public Func<ProbeGateContext, TimeSpan?> Build(Faults faults) =>
        circuit =>
        {
            faults.At(FaultPoint.ProbeGate);
            return circuit.OpenFor < Until ? Wait : null;
        };
}

internal abstract record PermitSpec
{
    public abstract Permit Build(Faults faults);

    public virtual IEnumerable<PermitSpec> Leaves => [this];

    public sealed override string ToString() => Build(new()).ToString()!;

    public sealed record All : PermitSpec
    {
        public override Permit Build(Faults faults) => Permit.All;
    }

    public sealed record Random(double Ratio) : PermitSpec
    {
        public override Permit Build(Faults faults) => Permit.Random(Ratio);
    }

    public sealed record RampUp(double Initial, double Final, TimeSpan Duration) : PermitSpec
    {
        public override Permit Build(Faults faults) => Permit.RampUp(Initial, Final, Duration);
    }

    public sealed record MaxConcurrent(int Count) : PermitSpec
    {
        public override Permit Build(Faults faults) => Permit.MaxConcurrent(Count);
    }

    public sealed record Own : PermitSpec
    {
        public override Permit Build(Faults faults) => new ScriptedPermit(faults);
    }

    public sealed record Both(PermitSpec Left, PermitSpec Right) : PermitSpec
    {
        public override Permit Build(Faults faults) => Left.Build(faults) & Right.Build(faults);

        public override IEnumerable<PermitSpec> Leaves => [.. Left.Leaves, .. Right.Leaves];
    }
}

internal abstract record RecoverySpec
{
    public abstract Recovery Build(Faults faults);

    public virtual IEnumerable<RecoverySpec> Leaves => [this];

    public sealed override string ToString() => Build(new()).ToString()!;

    public sealed record AfterProbes(int Count) : RecoverySpec
    {
        public override Recovery Build(Faults faults) => Recovery.AfterProbes(Count);
    }

    public sealed record After(TimeSpan Duration) : RecoverySpec
    {
        public override Recovery Build(Faults faults) => Recovery.After(Duration);
    }

    public sealed record WhenQuiet : RecoverySpec
    {
        public override Recovery Build(Faults faults) => Recovery.WhenQuiet;
    }

    public sealed record Own(int Successes) : RecoverySpec
    {
        public override Recovery Build(Faults faults) => new ScriptedRecovery(Successes, faults);
    }

    public sealed record Both(RecoverySpec Left, RecoverySpec Right) : RecoverySpec
    {
        public override Recovery Build(Faults faults) => Left.Build(faults) & Right.Build(faults);

        public override IEnumerable<RecoverySpec> Leaves => [.. Left.Leaves, .. Right.Leaves];
    }
}
