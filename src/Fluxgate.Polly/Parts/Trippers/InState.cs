namespace Fluxgate;

internal sealed class InState(BreakerState state) : Tripper
{
    internal override string Kind => state == BreakerState.Closed ? "Closed" : "HalfOpened";

    internal override bool EvaluatesEveryCall => false;

    public override bool Fires(in TripperContext context) => context.State == state;

    public override string ToString() => Kind;

    internal override long LeastFailures(BreakerState inState, long requests) => inState == state ? 0 : long.MaxValue;

    internal override string? ReasonNeverFires(BreakerState inState, long? capacity, IDictionary<string, string> deadBranches) =>
        inState == state ? null : $"{this} does not fire while {inState.ToLabel()}";
}
