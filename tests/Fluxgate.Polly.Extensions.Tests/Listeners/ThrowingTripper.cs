namespace Fluxgate;

/// <summary>A rule that throws.</summary>
internal sealed class ThrowingTripper(Exception error) : Tripper
{
    public override bool Fires(in TripperContext reading) => throw error;
}
