using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Fluxgate;

/// <summary>
/// The settings in force, by breaker. A change is built and validated as a whole before it takes the place of the old settings; one that
/// is refused is remembered and logged, and the old ones stay.
/// </summary>
/// <remarks>The options monitor of .NET throws what validation finds into the callback of whoever changed the file, and forgets the old value.</remarks>
internal sealed class SettingsMonitor : IOptionsMonitor<FluxgateBreakerSettings>, IDisposable
{
    private readonly IOptionsFactory<FluxgateBreakerSettings> _factory;

    // Without those that say what code says about one breaker: they name it for good, never change, and there may be thousands.
    private readonly SettingsSource[] _sources;
    private readonly BreakerNames _names;
    private readonly ILogger _log;
    private readonly ConcurrentDictionary<string, FluxgateBreakerSettings> _inForce = new(BreakerNames.Comparer);
    private readonly ConcurrentDictionary<string, string> _refused = new(BreakerNames.Comparer);
    private readonly ConcurrentDictionary<string, bool> _gone = new(BreakerNames.Comparer);
    private readonly ConcurrentDictionary<Subscription, Action<FluxgateBreakerSettings, string?>> _listeners = [];
    private readonly List<IDisposable> _subscriptions = [];
    private readonly HashSet<string> _everNamed = new(BreakerNames.Comparer);
    private readonly SortedSet<string> _removed = new(BreakerNames.Comparer);
    private volatile HashSet<LostFile> _lost = [];
    private int _version;
    private int _pending;

    public SettingsMonitor(
        IOptionsFactory<FluxgateBreakerSettings> factory,
        IEnumerable<SettingsSource> sources,
        IEnumerable<IOptionsChangeTokenSource<FluxgateBreakerSettings>> changeTokens,
        BreakerNames names,
        ILoggerFactory? loggerFactory = null
    )
    {
        _factory = factory;
        _sources = [.. sources.Where(source => source.OnlyFor is null)];
        _names = names;
        _everNamed.UnionWith(names.Known);
        _log = ConfigurationLog.Of(loggerFactory);
        foreach (var source in _sources)
        {
            if (source.Watch(Reload) is { } subscription)
            {
                _subscriptions.Add(subscription);
            }
        }

        foreach (var source in changeTokens)
        {
            _subscriptions.Add(ChangeToken.OnChange(source.GetChangeToken, Reload));
        }
    }

    public FluxgateBreakerSettings CurrentValue => Get(Options.DefaultName);

    /// <summary>Who takes on changed settings of a breaker, and may still refuse them by throwing.</summary>
    public Action<string, FluxgateBreakerSettings>? Follower { get; set; }

    /// <summary>Who wants to know that a reload is over.</summary>
    public Action? Reloaded { get; set; }

    /// <summary>What is wrong with changes that were refused, by breaker.</summary>
    public IEnumerable<KeyValuePair<string, string>> Refused => _refused;

    public string? RefusalOf(string name) => _refused.GetValueOrDefault(name);

    /// <summary>Returns what files that are lost said about a breaker and stays in force, a line for each file; else <see langword="null"/>.</summary>
    public string? KeptFor(string name)
    {
        if (_lost.Count == 0)
        {
            return null;
        }

        var lines = _sources
            .SelectMany(source => source.KeptOf(name))
            .GroupBy(kept => kept.File, kept => kept.Path)
            .Select(file =>
                $"The configuration file '{file.Key.File}' {file.Key.Problem}: {BreakerNames.Listed(file.Distinct(BreakerNames.Comparer))}"
            );
        return string.Join(Environment.NewLine, lines) is { Length: > 0 } kept ? kept : null;
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

    /// <summary>Tells of settings that have come into force; never of refused ones.</summary>
    public IDisposable OnChange(Action<FluxgateBreakerSettings, string?> listener)
    {
        var subscription = new Subscription(_listeners);
        _listeners[subscription] = listener;
        return subscription;
    }

    public void Dispose() => _subscriptions.ForEach(subscription => subscription.Dispose());

    /// <summary>Never throws, never two at a time, and never waits: who comes while another reloads has it done once more.</summary>
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
        TellOfLostFiles();
        _removed.Clear();
        var known = _names.Known.ToHashSet(BreakerNames.Comparer);
        _everNamed.UnionWith(known);
        foreach (var name in known)
        {
            _gone.TryRemove(name, out _);
            Reload(name);
        }

        foreach (var name in _inForce.Keys.Except(known, BreakerNames.Comparer))
        {
            if (name.Length == 0)
            {
                Reload(name);
            }
            else if (!_everNamed.Contains(name))
            {
                // Options of no breaker: read anew when somebody asks again.
                _inForce.TryRemove(name, out _);
            }
            else if (_gone.TryAdd(name, true))
            {
                _refused.TryRemove(name, out _);
                _log.BreakerGone(name);
            }
        }

        foreach (var name in _refused.Keys.Where(name => !known.Contains(name)))
        {
            _refused.TryRemove(name, out _);
        }

        if (_removed.Count > 0)
        {
            _log.KeysRemoved(BreakerNames.Listed(_removed));
        }

        Reloaded?.Invoke();
    }

    private void TellOfLostFiles()
    {
        var kept = _sources.SelectMany(source => source.Kept).ToLookup(kept => kept.File, kept => kept.Path);
        foreach (var file in kept.Where(file => !_lost.Contains(file.Key)))
        {
            _log.FileLost(
                file.Key.File,
                file.Key.Problem,
                BreakerNames.Listed(file.Distinct(BreakerNames.Comparer).Order(BreakerNames.Comparer))
            );
        }

        foreach (var path in _lost.Select(file => file.File).Except(kept.Select(file => file.Key.File), StringComparer.Ordinal))
        {
            _log.FileFound(path);
        }

        _lost = [.. kept.Select(file => file.Key)];
    }

    private void Reload(string name)
    {
        var before = _inForce.GetValueOrDefault(name);
        try
        {
            var settings = _factory.Create(name);
            if (before is not null)
            {
                SettingsReader.KeepUnchanged(before, settings);
            }

            // In force first: a breaker that is made at this moment is made with these, or takes them on after.
            _inForce[name] = settings;
            Follower?.Invoke(name, settings);
            Accepted(name, before, settings);
        }
        catch (Exception error)
        {
            Restore(name, before);
            if (name.Length > 0)
            {
                Refuse(name, error, isNew: before is null);
            }
        }
    }

    private void Restore(string name, FluxgateBreakerSettings? before)
    {
        if (before is not null)
        {
            _inForce[name] = before;
        }
        else
        {
            _inForce.TryRemove(name, out _);
        }
    }

    private void Accepted(string name, FluxgateBreakerSettings? before, FluxgateBreakerSettings settings)
    {
        if (before is not null)
        {
            _removed.UnionWith(SettingsReading.Of(settings).GoneSince(SettingsReading.Of(before)));
        }

        if (_refused.TryRemove(name, out _))
        {
            _log.ChangeRepaired(name);
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

    private void Refuse(string name, Exception error, bool isNew)
    {
        var problem = error is OptionsValidationException invalid
            ? string.Join(Environment.NewLine, invalid.Failures)
            : $"{error.GetType().Name}: {error.Message}{(error.InnerException is { } cause ? $" {cause.Message}" : "")}";
        if (_refused.TryGetValue(name, out var before) && before == problem)
        {
            return;
        }

        _refused[name] = problem;
        if (isNew)
        {
            _log.BreakerRefused(name, problem);
        }
        else
        {
            _log.ChangeRefused(name, problem);
        }
    }

    private sealed class Subscription(ConcurrentDictionary<Subscription, Action<FluxgateBreakerSettings, string?>> all) : IDisposable
    {
        public void Dispose() => all.TryRemove(this, out _);
    }
}
