namespace Fluxgate;

/// <summary>
/// The place of a member among the others, 0 to 1. Members with consecutive numbers are spread evenly (multiples of the golden ratio), so that a
/// share of the ranks is that share of the members, within one or two. Another epoch rotates the ranks: not the same members are always first.
/// </summary>
internal static class MemberRank
{
    private const double Golden = 0.618033988749895;
    private const double Rotation = 0.414213562373095;

    public static double Of(int member, long epoch)
    {
        var place = (member * Golden) + (epoch * Rotation);
        return place - Math.Floor(place);
    }
}
