using Microsoft.Extensions.Configuration;

namespace Fluxgate;

/// <summary>Reads settings from the keys of a section by hand: no reflection, and every error names path, value and what was expected.</summary>
internal static class SettingsReader
{
    private const int MostShown = 200;

    private static readonly string[] InCodeOnly = [nameof(FluxgateBreakerSettings.Listeners), nameof(FluxgateBreakerSettings.Randomizer)];

    private static readonly Dictionary<string, SettingsKey> Keys = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Window"] = SettingsKey.Part<Window>(Window.TryParse, settings => settings.Window, (settings, part) => settings.Window = part),
        ["Tripper"] = SettingsKey.Part<Tripper>(
            Tripper.TryParse,
            settings => settings.Tripper,
            (settings, part) => settings.Tripper = part
        ),
        ["BreakDuration"] = SettingsKey.Part<BreakDuration>(
            BreakDuration.TryParse,
            settings => settings.BreakDuration,
            (settings, part) => settings.BreakDuration = part
        ),
        ["Permit"] = SettingsKey.Part<Permit>(Permit.TryParse, settings => settings.Permit, (settings, part) => settings.Permit = part),
        ["Recovery"] = SettingsKey.Part<Recovery>(
            Recovery.TryParse,
            settings => settings.Recovery,
            (settings, part) => settings.Recovery = part
        ),
        ["ProbeLease"] = SettingsKey.Value<TimeSpan>(
            SettingsText.TryDuration,
            settings => settings.ProbeLease,
            (settings, value) => settings.ProbeLease = value
        ),
        ["ProbeWithoutTraffic"] = SettingsKey.Value<bool>(
            SettingsText.TrySwitch,
            settings => settings.ProbeWithoutTraffic,
            (settings, value) => settings.ProbeWithoutTraffic = value
        ),
        ["InitialState"] = SettingsKey.Value<BreakerState>(
            SettingsText.TryState,
            settings => settings.InitialState,
            (settings, value) => settings.InitialState = value
        ),
        ["ListenerQueueCapacity"] = SettingsKey.Value<int>(
            SettingsText.TryCount,
            settings => settings.ListenerQueueCapacity,
            (settings, value) => settings.ListenerQueueCapacity = value
        ),
        ["ListenerFlushTimeout"] = SettingsKey.Value<TimeSpan>(
            SettingsText.TryDuration,
            settings => settings.ListenerFlushTimeout,
            (settings, value) => settings.ListenerFlushTimeout = value
        ),
    };

    public static void Read(IConfigurationSection section, FluxgateBreakerSettings settings, SettingsReading reading)
    {
        if (!string.IsNullOrEmpty(section.Value))
        {
            reading.Add(
                $"{section.Path}: '{Shown(section.Value)}' is refused: expected a section with the keys {string.Join(", ", Keys.Keys)}."
            );
        }

        foreach (var child in section.GetChildren())
        {
            if (!Keys.TryGetValue(child.Key, out var key))
            {
                reading.Add(Unknown(child, Keys.Keys));
            }
            else if (child.GetChildren().Any())
            {
                reading.Unread(child.Key, $"{child.Path}: a section is refused: expected text.");
            }
            else if (key.Read(settings, child.Value ?? "", reading, child.Path) is { } error)
            {
                reading.Unread(child.Key, $"{child.Path}: '{Shown(child.Value ?? "")}' is refused. {error}");
            }
            else
            {
                reading.Read(key, child.Path, child.Value ?? "", settings);
            }
        }
    }

    public static string Unknown(IConfigurationSection key, IReadOnlyCollection<string> known)
    {
        if (InCodeOnly.Contains(key.Key, StringComparer.OrdinalIgnoreCase))
        {
            return $"{key.Path}: {key.Key} can only be set in code.";
        }

        var hint = Closest.To(key.Key, known) is { } closest ? $" Did you mean {closest}?" : "";
        var value = string.IsNullOrEmpty(key.Value) ? "" : $" (with the value '{Shown(key.Value)}')";
        return $"{key.Path}: unknown key '{Shown(key.Key)}'{value}.{hint} Known are {string.Join(", ", known)}.";
    }

    public static string Shown(string value) => value.Length <= MostShown ? value : $"{value[..MostShown]}…";
}
