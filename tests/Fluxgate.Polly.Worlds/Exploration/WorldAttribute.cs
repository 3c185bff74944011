namespace Fluxgate.Worlds;

/// <summary>Marks a method as a world: a few operations in two or three threads, and one invariant that holds for every schedule of them.</summary>
/// <param name="invariant">The invariant, as a sentence.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class WorldAttribute(string invariant) : Attribute
{
    public string Invariant { get; } = invariant;
}
