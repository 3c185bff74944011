using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Fluxgate;

/// <summary>Measures how the cost of work grows with its size. Quadratic work grows 256 times when its size grows 16 times.</summary>
internal static class Growth
{
    public const int Factor = 16;

    /// <summary>The limit for times: between 16 times, which is linear, and 256 times, which is quadratic.</summary>
    public const double MostOfTime = 64;

    /// <summary>The limit for counts: a count has no noise.</summary>
    public const double MostOfCount = 17;

    private const int Attempts = 3;
    private const int Rounds = 5;
    private const int ThreadTime = 3;

    /// <summary>
    /// Returns the time for 16 times the size divided by the time for the size. Each is the shortest of several that are measured in turn, because
    /// the runtime compiles the work again while it is measured. A growth above the limit is measured again.
    /// </summary>
    /// <param name="size">The smaller size.</param>
    /// <param name="prepare">Prepares work of a size, and returns the part that is measured.</param>
    public static double OfTime(int size, Func<int, Action> prepare)
    {
        var growth = double.MaxValue;
        for (var attempt = 0; attempt < Attempts && growth > MostOfTime; attempt++)
        {
            var (small, large) = (double.MaxValue, double.MaxValue);
            for (var round = 0; round < Rounds; round++)
            {
                large = Math.Min(large, Time(prepare(size * Factor)));
                small = Math.Min(small, Time(prepare(size)));
            }

            growth = Math.Min(growth, large / small);
        }

        return growth;
    }

    /// <summary>Returns the count for 16 times the size divided by the count for the size.</summary>
    public static double OfCount(int size, Func<int, long> count) => (double)count(size * Factor) / count(size);

    private static double Time(Action work)
    {
        var begin = Nanoseconds();
        work();
        return Nanoseconds() - begin;
    }

    /// <summary>Returns the time that this thread ran, where the system provides it: then other programs do not make work longer.</summary>
    private static double Nanoseconds() =>
        OperatingSystem.IsLinux() && GetTime(ThreadTime, out var time) == 0
            ? (time.Seconds * 1e9) + time.Nanoseconds
            : Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency);

    [DllImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetTime(int clock, out ThreadClock time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct ThreadClock
    {
        public readonly nint Seconds;
        public readonly nint Nanoseconds;
    }
}
