namespace Fluxgate;

/// <summary>One key of the configuration: how its text gets into settings, and what stands there now.</summary>
internal abstract class SettingsKey
{
    public delegate bool TryRead<T>(string text, out T? value, out string? error);

    public static SettingsKey Part<T>(TryRead<T> read, Func<FluxgateBreakerSettings, T> get, Action<FluxgateBreakerSettings, T> set)
        where T : class => new PartKey<T>(read, get, set);

    public static SettingsKey Value<T>(TryRead<T> read, Func<FluxgateBreakerSettings, T> get, Action<FluxgateBreakerSettings, T> set)
        where T : struct => new ValueKey<T>(read, get, set);

    /// <summary>Puts what the text says into settings.</summary>
    /// <returns>What is wrong with the text, or <see langword="null"/>.</returns>
    public abstract string? Read(FluxgateBreakerSettings settings, string text, SettingsReading reading, string path);

    /// <summary>What settings have for this key, as text.</summary>
    public abstract string ValueIn(FluxgateBreakerSettings settings);

    /// <summary>Whether a value is still in what stands there now.</summary>
    public virtual bool Keeps(string value, string now) => value == now;

    /// <summary>Puts the part of earlier settings in the place of one that is the same part made anew.</summary>
    public virtual void Keep(FluxgateBreakerSettings before, FluxgateBreakerSettings now) { }

    private sealed class PartKey<T>(TryRead<T> read, Func<FluxgateBreakerSettings, T?> get, Action<FluxgateBreakerSettings, T> set)
        : SettingsKey
        where T : class
    {
        public override string? Read(FluxgateBreakerSettings settings, string text, SettingsReading reading, string path)
        {
            if (!read(text, out var part, out var error))
            {
                return error;
            }

            set(settings, part!);
            reading.Placed(part!, path);
            return null;
        }

        public override string ValueIn(FluxgateBreakerSettings settings) => TextOf(get(settings));

        public override void Keep(FluxgateBreakerSettings before, FluxgateBreakerSettings now)
        {
            if (get(before) is { } old && get(now) is { } made && old.GetType() == made.GetType() && TextOf(old) == TextOf(made))
            {
                set(now, old);
            }
        }

        // Code that adds to a rule keeps it: settings.Tripper |= Tripper.FailureStreak(3).
        public override bool Keeps(string value, string now) => now.Contains(value, StringComparison.Ordinal);

        // Users write parts, and their text may throw.
        private static string TextOf(T? part)
        {
            try
            {
                return part?.ToString() ?? "null";
            }
            catch (Exception)
            {
                return part!.GetType().Name;
            }
        }
    }

    private sealed class ValueKey<T>(TryRead<T> read, Func<FluxgateBreakerSettings, T> get, Action<FluxgateBreakerSettings, T> set)
        : SettingsKey
        where T : struct
    {
        public override string? Read(FluxgateBreakerSettings settings, string text, SettingsReading reading, string path)
        {
            if (!read(text, out var value, out var error))
            {
                return error;
            }

            set(settings, value);
            return null;
        }

        public override string ValueIn(FluxgateBreakerSettings settings) => SettingsText.Of(get(settings));
    }
}
