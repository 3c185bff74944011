using System.Runtime.CompilerServices;

namespace Fluxgate;

/// <summary>
/// The values and errors that were read from configuration into one settings object. It is attached to that object, so the steps that
/// configure and validate options cannot see different versions of a file.
/// </summary>
internal sealed class SettingsReadResult
{
    private static readonly ConditionalWeakTable<FluxgateBreakerSettings, SettingsReadResult> All = [];

    private readonly List<string> _errors = [];
    private readonly HashSet<SettingsKey> _invalid = [];
    private readonly Dictionary<string, (SettingsKey Key, string Text, object Value)> _values = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<SettingsKey, string> _unchecked = [];
    private readonly List<(string Path, string Text, string InForce)> _overwritten = [];
    private BreakerGroupConfiguration? _group;

    public IReadOnlyList<string> Errors => _errors;

    /// <summary>Gets the values that have no effect because code overwrites them.</summary>
    public IEnumerable<(string Path, string Text, string InForce)> Overwritten =>
        _overwritten.Concat(Overrides.SelectMany(own => Of(own.Value)._overwritten));

    /// <summary>Gets the settings of single keys of a group; empty for a breaker.</summary>
    public IEnumerable<KeyValuePair<string, FluxgateBreakerSettings>> Overrides =>
        _group?.Options.Overrides.Where(own => own.Value is not null) ?? [];

    public static SettingsReadResult Of(FluxgateBreakerSettings settings) => All.GetOrCreateValue(settings);

    /// <summary>Returns what a group has beside the settings of its breakers.</summary>
    public static BreakerGroupConfiguration GroupOf(FluxgateBreakerSettings settings) => Of(settings)._group ??= new(settings);

    /// <summary>Copies settings and what was read into them, without the errors.</summary>
    public static FluxgateBreakerSettings CopyOf(FluxgateBreakerSettings settings)
    {
        var copy = settings.Copy();
        var (from, to) = (Of(settings), Of(copy));
        to._invalid.UnionWith(from._invalid);
        foreach (var (path, value) in from._values)
        {
            to._values.Add(path, value);
        }

        return copy;
    }

    /// <summary>
    /// Keeps the old value of every setting that a reload does not change. Callbacks create their parts again whenever they run, and a
    /// breaker recognizes a user's own window or break duration only by its reference.
    /// </summary>
    public static void KeepUnchanged(FluxgateBreakerSettings before, FluxgateBreakerSettings now)
    {
        var (old, result) = (Of(before), Of(now));
        foreach (var key in SettingsKey.All.Values.Where(key => result.TextsOf(key).SequenceEqual(old.TextsOf(key))))
        {
            key.Keep(before, now);
        }

        now.ProbeGate = Kept(before.ProbeGate, now.ProbeGate);
        now.Randomizer = Kept(before.Randomizer, now.Randomizer);

        var overrides = old.Overrides.ToDictionary(StringComparer.Ordinal);
        foreach (var (key, own) in result.Overrides)
        {
            if (overrides.TryGetValue(key, out var ownBefore))
            {
                KeepUnchanged(ownBefore, own);
            }
        }
    }

    public void AddErrors(params IEnumerable<string> errors) => _errors.AddRange(errors);

    /// <summary>Adds the error of a key whose text is invalid. The setting keeps the value that it had.</summary>
    public void AddInvalid(SettingsKey key, string error)
    {
        _invalid.Add(key);
        _errors.Add(error);
    }

    public void AddValue(SettingsKey key, SettingsNode node, object value)
    {
        _values[node.Path] = (key, node.Value ?? "", value);
        _unchecked[key] = node.Path;
    }

    public bool IsInvalid(string key) => _invalid.Contains(SettingsKey.All[key]);

    /// <summary>Returns the path that an object was read from, or <see langword="null"/> if code created it.</summary>
    public string? PathOf(object part) => _values.FirstOrDefault(read => ReferenceEquals(read.Value.Value, part)).Key;

    /// <summary>Returns the paths that an earlier result has and this one has not.</summary>
    public IEnumerable<string> RemovedSince(SettingsReadResult before) =>
        PathsOf(before).Except(PathsOf(this), StringComparer.OrdinalIgnoreCase);

    /// <summary>Finds the values added since the last call that are no longer in the settings.</summary>
    public void FindOverwritten(FluxgateBreakerSettings settings)
    {
        foreach (var (key, path) in _unchecked)
        {
            var (_, text, value) = _values[path];
            if (!key.IsIn(settings, value))
            {
                _overwritten.Add((path, text, key.TextIn(settings)));
            }
        }

        _unchecked.Clear();
    }

    private static T? Kept<T>(T? before, T? now)
        where T : Delegate => before?.Method == now?.Method && before?.Target?.GetType() == now?.Target?.GetType() ? before : now;

    private static IEnumerable<string> PathsOf(SettingsReadResult result) =>
        result._values.Keys.Concat(result.Overrides.SelectMany(own => Of(own.Value)._values.Keys));

    private IEnumerable<(string Path, string Text)> TextsOf(SettingsKey key) =>
        _values.Where(read => read.Value.Key == key).Select(read => (read.Key, read.Value.Text));
}
