namespace Fluxgate.Simulation;

/// <summary>Random numbers that are the same on every machine and runtime (SplitMix64).</summary>
internal sealed class Chance(ulong seed, ulong stream = 0)
{
    private const ulong Step = 0x9E3779B97F4A7C15;
    private ulong _state = Mixed(seed ^ Mixed(stream + Step));

    /// <summary>Returns a number of at least 0 and less than 1.</summary>
    public double NextDouble() => (Mixed(_state += Step) >> 11) * (1.0 / (1UL << 53));

    public bool Hits(double probability) => NextDouble() < probability;

    public TimeSpan Between(TimeSpan least, TimeSpan most) => least + ((most - least) * NextDouble());

    /// <summary>Returns the time to the next of events that come at random at a mean rate.</summary>
    public TimeSpan Gap(double perSecond) => TimeSpan.FromSeconds(-Math.Log(1 - NextDouble()) / perSecond);

    private static ulong Mixed(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
