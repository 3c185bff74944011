namespace Fluxgate.Simulation;

/// <summary>
/// The permit of a member. A phase that begins while the fleet steers the recovery admits all calls until it ends, since the cohort is the ramp; any
/// other phase has the member's own permit.
/// </summary>
internal sealed class FleetPermit(Permit own, Func<bool> isSteered) : Permit
{
    public override TimeSpan RecoveryDelay => own.RecoveryDelay;

    public override Permit Start() => isSteered() ? All : own.Start();

    public override bool Admits(in PermitContext context) => own.Admits(context);
}
