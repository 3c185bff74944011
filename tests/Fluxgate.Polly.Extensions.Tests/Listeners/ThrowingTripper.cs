namespace Fluxgate;

/// <summary>A rule with a defect.</summary>
internal sealed class ThrowingTripper(Exception error) : Tripper
{
    public override bool Fires(in TripperContext reading) => throw error;
}
