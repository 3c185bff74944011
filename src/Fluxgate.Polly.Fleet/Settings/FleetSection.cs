using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Fluxgate;

/// <summary>Reads the options of a fleet from a section of the configuration. Each error names the path, the value and what is expected.</summary>
internal static class FleetSection
{
    private static readonly string[] Keys =
    [
        nameof(FleetOptions.Name),
        nameof(FleetOptions.Zone),
        nameof(FleetOptions.MemberId),
        nameof(FleetOptions.Interval),
        nameof(FleetOptions.StartupTimeout),
        nameof(FleetOptions.DirectivesFile),
        Include,
    ];

    private const string Include = "Include";

    /// <summary>Applies a section to options.</summary>
    /// <param name="section">The section, usually <c>Fluxgate:Fleet</c>.</param>
    /// <param name="options">The options.</param>
    /// <param name="others">Keys of the section that others read, such as those of a store.</param>
    /// <param name="errors">Receives a line for each error.</param>
    public static void Read(IConfiguration section, FleetOptions options, IReadOnlyCollection<string> others, List<string> errors)
    {
        foreach (var child in section.GetChildren())
        {
            switch (Keys.FirstOrDefault(key => string.Equals(key, child.Key, StringComparison.OrdinalIgnoreCase)))
            {
                case nameof(FleetOptions.Name):
                    options.Name = child.Value ?? "";
                    break;
                case nameof(FleetOptions.Zone):
                    options.Zone = child.Value;
                    break;
                case nameof(FleetOptions.MemberId):
                    options.MemberId = child.Value;
                    break;
                case nameof(FleetOptions.Interval):
                    options.Interval = Duration(child, errors) ?? options.Interval;
                    break;
                case nameof(FleetOptions.StartupTimeout):
                    options.StartupTimeout = Duration(child, errors) ?? options.StartupTimeout;
                    break;
                case nameof(FleetOptions.DirectivesFile):
                    options.DirectivesFile = child.Value;
                    break;
                case Include:
                    ReadNames(child, options, errors);
                    break;
                default:
                    if (!others.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
                    {
                        errors.Add(Unknown(child, [.. Keys, .. others]));
                    }

                    break;
            }
        }
    }

    private static void ReadNames(IConfigurationSection list, FleetOptions options, List<string> errors)
    {
        if (!string.IsNullOrEmpty(list.Value))
        {
            errors.Add($"{list.Path}: '{OneLine.Excerpt(list.Value)}' is invalid. Expected a list of names of breakers and groups.");
        }

        foreach (var name in list.GetChildren())
        {
            if (string.IsNullOrEmpty(name.Value))
            {
                errors.Add($"{name.Path}: '' is invalid. Expected the name of a breaker or a group.");
            }
            else
            {
                options.Include(name.Value);
            }
        }
    }

    private static TimeSpan? Duration(IConfigurationSection setting, List<string> errors)
    {
        var text = setting.Value ?? "";
        if (TryDuration(text, out var duration))
        {
            return duration;
        }

        errors.Add($"{setting.Path}: '{OneLine.Excerpt(text)}' is invalid. Expected a duration such as 2s, 500ms or 00:00:02.");
        return null;
    }

    private static bool TryDuration(string text, out TimeSpan duration)
    {
        (string Unit, long Ticks)[] units =
        [
            ("ms", TimeSpan.TicksPerMillisecond),
            ("s", TimeSpan.TicksPerSecond),
            ("m", TimeSpan.TicksPerMinute),
        ];
        foreach (var (unit, ticks) in units)
        {
            if (
                text.EndsWith(unit, StringComparison.Ordinal)
                && double.TryParse(text[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                && number < 1e6
            )
            {
                duration = TimeSpan.FromTicks((long)(number * ticks));
                return true;
            }
        }

        return TimeSpan.TryParseExact(text, ["c", "g"], CultureInfo.InvariantCulture, out duration);
    }

    private static string Unknown(IConfigurationSection child, IReadOnlyCollection<string> known)
    {
        var hint = Closest.To(child.Key, known) is { } closest ? $" Did you mean {closest}?" : "";
        return $"{child.Path}: unknown key '{OneLine.Excerpt(child.Key)}'.{hint} Known keys: {string.Join(", ", known)}.";
    }
}
