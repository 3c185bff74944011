using System.Runtime.CompilerServices;

namespace Fluxgate;

/// <summary>
/// What came of reading one settings object from configuration: the problems, and where rule and window stood. It goes from the step that
/// configures options to the one that validates them beside the object itself, so the two cannot see different versions of a file.
/// </summary>
internal sealed class SettingsReading
{
    private static readonly ConditionalWeakTable<FluxgateBreakerSettings, SettingsReading> All = [];

    private readonly List<string> _problems = [];
    private readonly HashSet<string> _unread = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<object, string> _places = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<SettingsKey, (string Path, string Text, string Value)> _read = [];
    private readonly Dictionary<string, (SettingsKey Key, string Text)> _said = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<OverwrittenValue> _overwritten = [];

    public IReadOnlyList<string> Problems => _problems;

    public IReadOnlyList<OverwrittenValue> Overwritten => _overwritten;

    public static SettingsReading Of(FluxgateBreakerSettings settings) => All.GetOrCreateValue(settings);

    public void Add(string problem) => _problems.Add(problem);

    /// <summary>Remembers that a key held what could not be read, so that nothing is concluded from the value that stands in its place.</summary>
    public void Unread(string key, string problem)
    {
        _unread.Add(key);
        Add(problem);
    }

    /// <summary>Remembers what a key was set to, unless a configuration that comes after sets it again.</summary>
    public void Read(SettingsKey key, string path, string text, FluxgateBreakerSettings settings)
    {
        _read[key] = (path, text, key.ValueIn(settings));
        _said[path] = (key, text);
    }

    /// <summary>Returns the paths that another reading found and this one did not.</summary>
    public IEnumerable<string> GoneSince(SettingsReading before) => before._said.Keys.Where(path => !_said.ContainsKey(path));

    /// <summary>Returns whether the configuration says the same of a setting as in another reading, in the breaker's own section and in the defaults.</summary>
    public bool SaysTheSame(SettingsReading other, SettingsKey key) => SaidOf(key).SequenceEqual(other.SaidOf(key));

    /// <summary>Notes which of the values read so far are no longer there.</summary>
    public void Compare(FluxgateBreakerSettings settings)
    {
        foreach (var (key, (path, text, value)) in _read)
        {
            var inForce = key.ValueIn(settings);
            if (!key.Keeps(value, inForce))
            {
                _overwritten.Add(new(path, text, inForce));
            }
        }

        _read.Clear();
    }

    private IEnumerable<(string Path, string Text)> SaidOf(SettingsKey key) =>
        _said.Where(said => said.Value.Key == key).Select(said => (said.Key, said.Value.Text));

    public void Placed(object part, string path) => _places[part] = path;

    /// <summary>What the settings themselves object to, each with the path of the value where a file brought it.</summary>
    public IEnumerable<string> ErrorsOf(string? name, FluxgateBreakerSettings settings)
    {
        foreach (var error in settings.Errors)
        {
            var setting = error.Split(' ', 2)[0];
            object? part = setting switch
            {
                nameof(FluxgateBreakerSettings.Tripper) => settings.Tripper,
                nameof(FluxgateBreakerSettings.Window) => settings.Window,
                _ => null,
            };
            // Rule and window are judged together: one that could not be read would be blamed on the other.
            if (part is not null && (_unread.Contains("Tripper") || _unread.Contains("Window")))
            {
                continue;
            }

            yield return part is not null && _places.TryGetValue(part, out var path) ? $"{path}: {error}"
            : string.IsNullOrEmpty(name) ? error
            : $"Breaker '{name}': {error}";
        }
    }
}
