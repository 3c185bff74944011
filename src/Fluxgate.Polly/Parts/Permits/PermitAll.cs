namespace Fluxgate;

internal sealed class PermitAll : Permit
{
    public override bool Admits(in PermitContext context) => true;

    public override string ToString() => "All";
}
