using Microsoft.Extensions.Configuration;

namespace Fluxgate;

/// <summary>Reads settings from the keys of a section by hand: no reflection, and every error names path, value and what was expected.</summary>
internal static class SettingsReader
{
    private const int MostShown = 200;

    private static readonly string[] InCodeOnly = [nameof(FluxgateBreakerSettings.Listeners), nameof(FluxgateBreakerSettings.Randomizer)];

    private static readonly Dictionary<string, Func<FluxgateBreakerSettings, string, SettingsReading, string, string?>> Keys = new(
        StringComparer.OrdinalIgnoreCase
    )
    {
        ["Window"] = Part<Window>(Window.TryParse, (settings, part) => settings.Window = part),
        ["Tripper"] = Part<Tripper>(Tripper.TryParse, (settings, part) => settings.Tripper = part),
        ["BreakDuration"] = Part<BreakDuration>(BreakDuration.TryParse, (settings, part) => settings.BreakDuration = part),
        ["Permit"] = Part<Permit>(Permit.TryParse, (settings, part) => settings.Permit = part),
        ["Recovery"] = Part<Recovery>(Recovery.TryParse, (settings, part) => settings.Recovery = part),
        ["ProbeLease"] = Value<TimeSpan>(SettingsText.TryDuration, (settings, value) => settings.ProbeLease = value),
        ["ProbeWithoutTraffic"] = Value<bool>(SettingsText.TrySwitch, (settings, value) => settings.ProbeWithoutTraffic = value),
        ["InitialState"] = Value<BreakerState>(SettingsText.TryState, (settings, value) => settings.InitialState = value),
        ["ListenerQueueCapacity"] = Value<int>(SettingsText.TryCount, (settings, value) => settings.ListenerQueueCapacity = value),
        ["ListenerFlushTimeout"] = Value<TimeSpan>(SettingsText.TryDuration, (settings, value) => settings.ListenerFlushTimeout = value),
    };

    private delegate bool TryRead<T>(string text, out T? value, out string? error);

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
            if (!Keys.TryGetValue(child.Key, out var read))
            {
                reading.Add(Unknown(child, Keys.Keys));
            }
            else if (child.GetChildren().Any())
            {
                reading.Unread(child.Key, $"{child.Path}: a section is refused: expected text.");
            }
            else if (read(settings, child.Value ?? "", reading, child.Path) is { } error)
            {
                reading.Unread(child.Key, $"{child.Path}: '{Shown(child.Value ?? "")}' is refused. {error}");
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

    private static Func<FluxgateBreakerSettings, string, SettingsReading, string, string?> Part<T>(
        TryRead<T> read,
        Action<FluxgateBreakerSettings, T> set
    )
        where T : class =>
        (settings, text, reading, path) =>
        {
            if (!read(text, out var part, out var error))
            {
                return error;
            }

            set(settings, part!);
            reading.Placed(part!, path);
            return null;
        };

    private static Func<FluxgateBreakerSettings, string, SettingsReading, string, string?> Value<T>(
        TryRead<T> read,
        Action<FluxgateBreakerSettings, T> set
    )
        where T : struct =>
        (settings, text, _, _) =>
        {
            if (!read(text, out var value, out var error))
            {
                return error;
            }

            set(settings, value);
            return null;
        };
}
