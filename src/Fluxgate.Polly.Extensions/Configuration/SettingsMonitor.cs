using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Fluxgate;

/// <summary>
/// Holds the settings in force of every breaker and reloads them after a change. Changed settings are created and validated as a whole
/// before they replace the previous ones. If they are invalid, the error is kept and logged, and the previous settings stay in force.
/// </summary>
/// <remarks>The options monitor of .NET throws validation errors on the thread that changed the file, and drops the previous value.</remarks>
internal sealed class SettingsMonitor : IOptionsMonitor<FluxgateBreakerSettings>, IDisposable
{
    private readonly IOptionsFactory<FluxgateBreakerSettings> _factory;
    private readonly SettingsSection[] _sections;
    private readonly BreakerNames _names;
    private readonly ILogger _log;
    private readonly ConcurrentDictionary<string, FluxgateBreakerSettings> _inForce = new(BreakerNames.Comparer);
    private readonly ConcurrentDictionary<string, string> _errors = new(BreakerNames.Comparer);
    private readonly ConcurrentDictionary<object, Action<FluxgateBreakerSettings, string?>> _listeners = [];
    private readonly List<IDisposable> _subscriptions = [];
    private volatile HashSet<UnavailableFile> _unavailable = [];
    private int _version;
    private int _pending;

    // The following belong to the one thread that reloads.
    private readonly HashSet<string> _everDefined = new(BreakerNames.Comparer);
    private readonly HashSet<string> _removedBreakers = new(BreakerNames.Comparer);
    private readonly SortedSet<string> _removedKeys = new(BreakerNames.Comparer);

    public SettingsMonitor(
        IOptionsFactory<FluxgateBreakerSettings> factory,
        IEnumerable<SettingsSource> sources,
        IEnumerable<IOptionsChangeTokenSource<FluxgateBreakerSettings>> changeTokens,
        BreakerNames names,
        ILoggerFactory? loggerFactory = null
    )
    {
        _factory = factory;
        _sections = [.. sources.Select(source => source.Section).OfType<SettingsSection>()];
        _names = names;
        _everDefined.UnionWith(names.Known);
        _log = ConfigurationLog.Of(loggerFactory);
        _subscriptions.AddRange(_sections.SelectMany(section => section.Watch(Reload)));
        _subscriptions.AddRange(changeTokens.Select(source => ChangeToken.OnChange(source.GetChangeToken, Reload)));
    }

    public FluxgateBreakerSettings CurrentValue => Get(Options.DefaultName);

    /// <summary>Gets or sets the callback that applies changed settings to a breaker. It rejects them if it throws.</summary>
    public Action<string, FluxgateBreakerSettings>? Apply { get; set; }

    /// <summary>Gets or sets the callback that is called after each reload.</summary>
    public Action? Reloaded { get; set; }

    /// <summary>Gets the errors of the configurations that are invalid now, by breaker.</summary>
    public IEnumerable<KeyValuePair<string, string>> Errors => _errors;

    public string? ErrorOf(string name) => _errors.GetValueOrDefault(name);

    /// <summary>Returns the keys of a breaker that stay in force although their file is unavailable, with a line for each file; otherwise, <see langword="null"/>.</summary>
    public string? RetainedBy(string name)
    {
        if (_unavailable.Count == 0)
        {
            return null;
        }

        var lines = _sections
            .Select(section => section.Current)
            .SelectMany(section => new[] { section.Find(name), section.Defaults })
            .OfType<SettingsNode>()
            .SelectMany(node => node.Retained())
            .GroupBy(retained => retained.File, retained => retained.Path)
            .Select(file =>
                $"The configuration file '{file.Key.Path}' {file.Key.Problem}: {BreakerNames.Join(file.Distinct(BreakerNames.Comparer))}"
            );
        return string.Join(Environment.NewLine, lines) is { Length: > 0 } retained ? retained : null;
    }

    public FluxgateBreakerSettings Get(string? name)
    {
        name ??= Options.DefaultName;
        if (_inForce.TryGetValue(name, out var inForce))
        {
            return inForce;
        }

        name = _names.Find(name) ?? name;
        var version = Volatile.Read(ref _version);
        var settings = _inForce.GetOrAdd(name, _factory.Create(name));
        if (version != Volatile.Read(ref _version))
        {
            // The sources changed while they were read.
            Reload();
        }

        return _inForce.GetValueOrDefault(name, settings);
    }

    /// <summary>Registers a callback for settings that have come into force. It is not called for invalid settings.</summary>
    public IDisposable OnChange(Action<FluxgateBreakerSettings, string?> listener)
    {
        var key = new object();
        _listeners[key] = listener;
        return new Subscription(() => _listeners.TryRemove(key, out _));
    }

    public void Dispose() => _subscriptions.ForEach(subscription => subscription.Dispose());

    /// <summary>Reloads all settings. Never throws or waits: a call during a reload makes the thread that reloads do so once more.</summary>
    private void Reload()
    {
        Interlocked.Increment(ref _version);
        if (Interlocked.Increment(ref _pending) != 1)
        {
            return;
        }

        int seen;
        do
        {
            seen = Volatile.Read(ref _pending);
            try
            {
                ReloadAll();
            }
            catch (Exception error)
            {
                _log.ReloadFailed(error);
            }
        } while (Interlocked.Add(ref _pending, -seen) != 0);
    }

    private void ReloadAll()
    {
        LogUnavailableFiles();
        _removedKeys.Clear();
        var known = _names.Known.ToHashSet(BreakerNames.Comparer);
        _everDefined.UnionWith(known);
        _removedBreakers.ExceptWith(known);
        foreach (var name in known)
        {
            Reload(name);
        }

        foreach (var name in _inForce.Keys.Where(name => !known.Contains(name)))
        {
            if (name.Length == 0)
            {
                Reload(name);
            }
            else if (!_everDefined.Contains(name))
            {
                // Options of no breaker are created again when they are requested.
                _inForce.TryRemove(name, out _);
            }
            else if (_removedBreakers.Add(name))
            {
                _log.BreakerRemoved(name);
            }
        }

        foreach (var name in _errors.Keys.Where(name => !known.Contains(name)))
        {
            _errors.TryRemove(name, out _);
        }

        if (_removedKeys.Count > 0)
        {
            _log.KeysRemoved(BreakerNames.Join(_removedKeys));
        }

        Reloaded?.Invoke();
    }

    private void LogUnavailableFiles()
    {
        var retained = _sections
            .SelectMany(section => section.Current.Root.Retained())
            .ToLookup(retained => retained.File, retained => retained.Path);
        foreach (var (file, paths) in retained.Where(file => !_unavailable.Contains(file.Key)).Select(file => (file.Key, file)))
        {
            _log.FileUnavailable(
                file.Path,
                file.Problem,
                BreakerNames.Join(paths.Distinct(BreakerNames.Comparer).Order(BreakerNames.Comparer))
            );
        }

        foreach (var path in _unavailable.Select(file => file.Path).Except(retained.Select(file => file.Key.Path), StringComparer.Ordinal))
        {
            _log.FileLoaded(path);
        }

        _unavailable = [.. retained.Select(file => file.Key)];
    }

    private void Reload(string name)
    {
        var before = _inForce.GetValueOrDefault(name);
        try
        {
            var settings = _factory.Create(name);
            if (before is not null)
            {
                SettingsReadResult.KeepUnchanged(before, settings);
            }

            // In force first: a breaker that another thread creates now is created with these settings, or receives them afterwards.
            _inForce[name] = settings;
            Apply?.Invoke(name, settings);
            Accept(name, before, settings);
        }
        catch (Exception error)
        {
            if (before is not null)
            {
                _inForce[name] = before;
            }
            else
            {
                _inForce.TryRemove(name, out _);
            }

            if (name.Length > 0)
            {
                Reject(name, error, isNew: before is null);
            }
        }
    }

    private void Accept(string name, FluxgateBreakerSettings? before, FluxgateBreakerSettings settings)
    {
        if (before is not null)
        {
            _removedKeys.UnionWith(SettingsReadResult.Of(settings).RemovedSince(SettingsReadResult.Of(before)));
        }

        if (_errors.TryRemove(name, out _))
        {
            _log.ConfigurationRepaired(name);
        }

        foreach (var listener in _listeners.Values)
        {
            try
            {
                listener(settings, name);
            }
            catch (Exception error)
            {
                _log.ReloadFailed(error);
            }
        }
    }

    private void Reject(string name, Exception error, bool isNew)
    {
        var text = TextOf(error);
        if (_errors.TryGetValue(name, out var before) && before == text)
        {
            return;
        }

        _errors[name] = text;
        if (isNew)
        {
            _log.BreakerRejected(name, text);
        }
        else
        {
            _log.ChangeRejected(name, text);
        }
    }

    private static string TextOf(Exception error)
    {
        try
        {
            return error is OptionsValidationException invalid
                ? string.Join(Environment.NewLine, invalid.Failures)
                : $"{error.GetType().Name}: {error.Message}{(error.InnerException is { } cause ? $" {cause.Message}" : "")}";
        }
        catch (Exception)
        {
            // A user may have written the exception.
            return error.GetType().Name;
        }
    }
}
