using System.Globalization;
using Fluxgate.Simulation;

namespace Fluxgate.Scenarios;

/// <summary>The figures of a run.</summary>
internal sealed class Figures(Recording recording)
{
    // One step of a cohort; shorter means show the chance of arrivals rather than the load.
    private const int Smoothed = 3;
    private const int FallSeconds = 8;

    /// <summary>Gets the calls that breakers rejected although the dependency worked for that member.</summary>
    public long RefusedHealthy => recording.Seconds.Sum(second => (long)second.RefusedHealthy);

    public long Failed => recording.Seconds.Sum(second => (long)second.Failed);

    public long Demand => recording.Seconds.Sum(second => (long)second.Demand);

    public int FleetTrips => recording.FleetTrips.Count;

    public int Setbacks => recording.Setbacks;

    /// <summary>Gets the most live members that were half-open at one moment and not in the cohort.</summary>
    public int MostProbers => recording.MostProbers;

    public int OwnTrips => recording.Seconds.Sum(second => second.OwnTrips);

    public int Followed => recording.Seconds.Sum(second => second.FleetTrips);

    /// <summary>Gets the most circuits that began to probe in one second.</summary>
    public int MostBegan => recording.Seconds.Max(second => second.Began);

    /// <summary>
    /// Gets the most load that the dependency received, as a ratio to what it could bear, in the mean of 3 s; 0 if it bore any load. The 8 s after a fall
    /// of what it could bear do not count: nobody knows of it before.
    /// </summary>
    public double PeakLoad =>
        Enumerable
            .Range(0, Math.Max(0, recording.Seconds.Count - Smoothed + 1))
            .Where(first =>
                recording.Seconds.Skip(first).Take(Smoothed).All(second => second.Capacity is not null && !IsAfterFall(second.Number))
            )
            .Select(first => recording.Seconds.Skip(first).Take(Smoothed).Sum(second => second.Offered / second.Capacity!.Value) / Smoothed)
            .DefaultIfEmpty(0)
            .Max();

    /// <summary>Gets the part of what the dependency could bear that was served in the last half of the limited time; 0 if it bore any load.</summary>
    public double Used
    {
        get
        {
            var limited = recording.Seconds.Where(second => second.Capacity is not null).ToArray();
            var last = limited.Skip(limited.Length / 2).ToArray();
            return last.Length == 0 ? 0 : last.Sum(second => second.Served) / last.Sum(second => second.Capacity!.Value);
        }
    }

    /// <summary>Returns a time in words for tables.</summary>
    public static string Seconds(TimeSpan? time) =>
        time is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known.TotalSeconds:0.#} s") : "never";

    /// <summary>Returns a ratio for tables; a dash where there is none.</summary>
    public static string Ratio(double ratio) => ratio == 0 ? "–" : ratio.ToString("0.00", CultureInfo.InvariantCulture);

    private bool IsAfterFall(int number) =>
        Enumerable
            .Range(Math.Max(1, number - FallSeconds), Math.Min(number, FallSeconds + 1))
            .Any(second => recording.Seconds[second].Capacity < recording.Seconds[second - 1].Capacity);

    /// <summary>Gets the circuits that a member's own rule opened after a time.</summary>
    public int OwnTripsAfter(TimeSpan time) =>
        recording.Seconds.Where(second => second.Number >= time.TotalSeconds).Sum(second => second.OwnTrips);

    /// <summary>
    /// Gets the time from a moment until, to the end of the run, fewer than 1 % of the calls are rejected although the dependency works;
    /// <see langword="null"/> if that does not happen.
    /// </summary>
    public TimeSpan? RecoveredAfter(TimeSpan? time)
    {
        var last = recording.Seconds.LastOrDefault(second => second.RefusedHealthy >= 0.01 * second.Demand)?.Number ?? -1;
        return last + 1 >= recording.Seconds.Count ? null : TimeSpan.FromSeconds(last + 1) - time;
    }

    /// <summary>Gets the time from a moment until a ratio of the members is open; <see langword="null"/> if they never are.</summary>
    public TimeSpan? OpenAfter(TimeSpan time, double ratio = 0.99) =>
        recording.Seconds.FirstOrDefault(second => second.In(BreakerState.Open) >= ratio * second.Members.Sum()) is { } found
            ? TimeSpan.FromSeconds(found.Number + 1) - time
            : null;
}
