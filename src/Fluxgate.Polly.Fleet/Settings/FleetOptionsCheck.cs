namespace Fluxgate;

/// <summary>Validates the options of a fleet. Each error names the option, its value and what is allowed.</summary>
internal static class FleetOptionsCheck
{
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestStartup = TimeSpan.FromSeconds(30);

    public static IEnumerable<string> ErrorsOf(FleetOptions options)
    {
        string?[] errors =
        [
            ErrorOf(options.Name, nameof(options.Name)),
            options.Zone is null ? null : ErrorOf(options.Zone, nameof(options.Zone)),
            options.MemberId is null ? null : ErrorOf(options.MemberId, nameof(options.MemberId)),
            options.Interval < ShortestInterval || options.Interval > LongestInterval
                ? $"{nameof(options.Interval)} must be {RuleText.Duration(ShortestInterval)} to {RuleText.Duration(LongestInterval)}, but is {RuleText.Duration(options.Interval)}."
                : null,
            options.StartupTimeout < TimeSpan.Zero || options.StartupTimeout > LongestStartup
                ? $"{nameof(options.StartupTimeout)} must be 0 to {RuleText.Duration(LongestStartup)}, but is {RuleText.Duration(options.StartupTimeout)}."
                : null,
            options.DirectivesFile is "" ? $"{nameof(options.DirectivesFile)} must be the path of a file or null, but is empty." : null,
            options.Store is null
                ? $"{nameof(options.Store)} must be set, but is null: call UseInMemory, UseStore, or the method of a package, such as UseRedis."
                : null,
            options.Included.Count == 0
                ? $"{nameof(options.Included)} must have a breaker or a group, but is empty: call Include(\"…\") for each one that belongs to the fleet."
                : null,
        ];
        return errors.OfType<string>();
    }

    private static string? ErrorOf(string value, string name)
    {
        try
        {
            FleetLimits.CheckName(value, name);
            return null;
        }
        catch (ArgumentException invalid)
        {
            return OneLine.MessageOf(invalid);
        }
    }
}
