namespace Fluxgate;

/// <summary>One comparison: what is measured beside its rival, in which table it stands, and the marks that it has to meet.</summary>
/// <param name="Table">The table in the report.</param>
/// <param name="Name">What is measured.</param>
/// <param name="Rival">What it is compared with.</param>
/// <param name="Unit">The unit of both figures.</param>
/// <param name="Measure">Measures both. Runs in a process of its own.</param>
internal sealed record Row(string Table, string Name, string Rival, string Unit, Func<Effort, Sample> Measure)
{
    /// <summary>Gets the highest ratio that meets the mark; <see langword="null"/> for none.</summary>
    public double? MostRatio { get; init; }

    /// <summary>Gets the lowest ratio that meets the mark; <see langword="null"/> for none.</summary>
    public double? LeastRatio { get; init; }

    /// <summary>Gets the most bytes of ours that meet the mark; <see langword="null"/> for none.</summary>
    public double? MostBytes { get; init; }

    /// <summary>Gets by how much our figure may exceed the rival's; <see langword="null"/> for none.</summary>
    public double? MostMore { get; init; }

    /// <summary>Gets the highest figure of ours that meets the mark; <see langword="null"/> for none.</summary>
    public double? MostOurs { get; init; }

    public bool Meets(Sample sample) =>
        !(sample.Ratio > MostRatio)
        && !(sample.Ratio < LeastRatio)
        && !(sample.OurBytes > MostBytes)
        && !(sample.Ours - sample.Theirs > MostMore)
        && !(sample.Ours > MostOurs);
}

/// <summary>How long to measure one row.</summary>
/// <param name="Name">The name in arguments of a process.</param>
/// <param name="Processes">The processes, one after another.</param>
/// <param name="Rounds">The rounds in each process.</param>
/// <param name="WarmUp">How long each rival runs before it is measured, until the runtime has compiled the hot code for the last time.</param>
internal sealed record Effort(string Name, int Processes, int Rounds, TimeSpan WarmUp)
{
    public static Effort Short { get; } = new("short", 2, 40, TimeSpan.FromSeconds(1));

    public static Effort Full { get; } = new("full", 7, 200, TimeSpan.FromSeconds(1));

    /// <summary>Gets the same effort for code with many methods, which the runtime takes longer to compile.</summary>
    public Effort ForMuchCode => this with { WarmUp = TimeSpan.FromSeconds(2) };

    public static Effort Of(string name) => name == Short.Name ? Short : Full;
}

/// <summary>What one process measured, or the medians of several.</summary>
/// <param name="Theirs">The rival's figure.</param>
/// <param name="Ours">Our figure.</param>
/// <param name="Ratio">The median of the ratios of neighbouring measurements.</param>
/// <param name="TheirBytes">What the rival allocates or keeps.</param>
/// <param name="OurBytes">What we allocate or keep.</param>
internal sealed record Sample(double Theirs, double Ours, double Ratio, double TheirBytes, double OurBytes);
