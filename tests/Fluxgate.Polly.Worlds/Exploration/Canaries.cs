namespace Fluxgate.Worlds;

/// <summary>Worlds whose invariants do not hold. An exploration that does not find this does not switch threads.</summary>
internal static class Canaries
{
    [World("Two threads that read and write a number at once lose no update (Volatile)")]
    public static void Volatiles(Story story)
    {
        var number = 0;

        story.Together(Add, Add);

        story.Require(number == 2, "an update is lost");

        void Add()
        {
            var seen = Volatile.Read(ref number);
            Volatile.Write(ref number, seen + 1);
        }
    }

    [World("Of two threads that raise a number at once and read it again, each reads what it wrote (Interlocked)")]
    public static void Interlockeds(Story story)
    {
        var number = 0;

        story.Together(Add, Add);

        void Add() => story.Require(Interlocked.Increment(ref number) == Interlocked.Add(ref number, 0), "another thread came in between");
    }

    [World("Two threads that take two locks in different order end (locks)")]
    public static void Locks(Story story)
    {
        var (first, second) = (new object(), new object());

        story.Together(() => Take(first, second), () => Take(second, first));

        static void Take(object outer, object inner)
        {
            lock (outer)
            {
                lock (inner)
                {
                    GC.KeepAlive(inner);
                }
            }
        }
    }
}
