namespace Fluxgate;

/// <summary>What an object keeps: the heap with a thousand of them, less the heap without.</summary>
internal static class Kept
{
    private const int Objects = 1_000;

    public static Sample Compare(Func<object> theirs, Func<object> ours)
    {
        var (their, our) = (By(theirs), By(ours));
        return new(their, our, our / their, their, our);
    }

    private static double By(Func<object> make)
    {
        // The first one may create what all of them share.
        var kept = new object[Objects + 1];
        kept[0] = make();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 1; i < kept.Length; i++)
        {
            kept[i] = make();
        }

        var bytes = (double)(GC.GetTotalMemory(forceFullCollection: true) - before) / Objects;
        GC.KeepAlive(kept);
        return bytes;
    }
}
