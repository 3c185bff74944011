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
            StateText.TryRead,
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

    /// <summary>
    /// Leaves alone what a change does not touch. Callbacks make their parts anew whenever they run, and a window or a break duration that
    /// a user wrote is the same to a breaker only as long as it is the same object.
    /// </summary>
    public static void KeepUnchanged(FluxgateBreakerSettings before, FluxgateBreakerSettings now)
    {
        var (old, reading) = (SettingsReading.Of(before), SettingsReading.Of(now));
        foreach (var key in Keys.Values.Where(key => reading.SaysTheSame(old, key)))
        {
            key.Keep(before, now);
        }

        if (
            before.Randomizer is { } randomizer
            && now.Randomizer is { } made
            && randomizer.Method == made.Method
            && randomizer.Target?.GetType() == made.Target?.GetType()
        )
        {
            now.Randomizer = randomizer;
        }
    }

    public static void Read(SettingsNode section, FluxgateBreakerSettings settings, SettingsReading reading)
    {
        if (!string.IsNullOrEmpty(section.Value))
        {
            reading.Add(
                $"{section.Path}: '{Shown(section.Value)}' is refused: expected a section with the keys {string.Join(", ", Keys.Keys)}."
            );
        }

        foreach (var child in section.Children)
        {
            if (!Keys.TryGetValue(child.Key, out var key))
            {
                reading.Add(Unknown(child, Keys.Keys));
            }
            else if (child.HasChildren)
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

    public static string Unknown(SettingsNode key, IReadOnlyCollection<string> known)
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
