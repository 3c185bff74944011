namespace Fluxgate.Simulation;

/// <summary>The permit of a member: all calls while the fleet steers the recovery, since the cohort is the ramp; the member's own permit otherwise.</summary>
internal sealed class FleetPermit(Permit own, Func<bool> isSteered) : Permit
{
    public override TimeSpan RecoveryDelay => own.RecoveryDelay;

    public override bool Admits(in PermitContext context) => isSteered() || own.Admits(context);
}
