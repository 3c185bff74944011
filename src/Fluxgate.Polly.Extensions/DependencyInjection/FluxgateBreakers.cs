using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fluxgate;

/// <summary>
/// The named breakers and groups of a container. Creates each breaker when it is requested for the first time or when the host starts, and disposes all
/// with the container. There is one instance for each name.
/// </summary>
/// <remarks>
/// Thread-safe. A name is defined by <see cref="FluxgateBuilder.AddBreaker(string)"/> or by a key under <c>Breakers</c> in the configuration,
/// and that of a group by <see cref="FluxgateBuilder.AddBreakerGroup(string)"/> or by a key under <c>BreakerGroups</c>.
/// Options and defaults define no name, so a misspelled name is an error. Names are case-insensitive, as configuration keys are; a breaker has
/// the spelling of the code, or else that of the configuration. When a changed configuration defines a new name, the breaker is created
/// at once. When it no longer defines a name, the breaker keeps its last settings. No lock is held while a breaker is created: a listener may
/// request any breaker in <c>OnAttached</c>, including its own. A breaker is available before its listeners are attached; they receive the
/// signals of that time afterwards.
/// </remarks>
public sealed partial class FluxgateBreakers : IEnumerable<FluxgateBreaker>
{
    private const string AllBreakers = "Fluxgate";

    private readonly ConcurrentDictionary<string, NamedCircuit> _circuits = new(BreakerNames.Comparer);
    private readonly BreakerNames _names;
    private readonly ConfigurationWarnings _warnings;
    private readonly SettingsMonitor _settings;
    private readonly ContainerListeners _listeners;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _log;
    private readonly CancellationToken _stopping;
    private volatile bool _started;
    private volatile bool _disposed;

    internal FluxgateBreakers(
        BreakerNames names,
        ConfigurationWarnings warnings,
        SettingsMonitor settings,
        ContainerListeners listeners,
        TimeProvider? timeProvider,
        ILoggerFactory? loggerFactory,
        CancellationToken stopping
    )
    {
        _names = names;
        _warnings = warnings;
        _settings = settings;
        _listeners = listeners;
        _timeProvider = timeProvider ?? TimeProvider.System;
        _log = ConfigurationLog.Of(loggerFactory);
        _stopping = stopping;
        settings.Apply = Apply;
        settings.Reloaded = OnReloaded;
    }

    /// <summary>Gets the names of all breakers, including those that are not created yet, in no particular order.</summary>
    public IReadOnlyCollection<string> Names => [.. AllNames.Where(name => GroupNames.GroupOf(name) is null)];

    private IEnumerable<string> AllNames => _names.Known.Union(Created.Select(named => named.Name), BreakerNames.Comparer);

    // Not Values, which copies all under the locks of the dictionary.
    private IEnumerable<NamedCircuit> Created => _circuits.Select(named => named.Value);

    /// <summary>Gets the breaker with a name. Creates it if it is requested for the first time.</summary>
    /// <param name="name">The name of the breaker, case-insensitive.</param>
    /// <returns>The breaker; always the same instance for a name.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is <see langword="null"/>.</exception>
    /// <exception cref="KeyNotFoundException">No breaker has this name; the message contains the closest name.</exception>
    /// <exception cref="OptionsValidationException">
    /// The settings are invalid. The message has a line for each error, with path, value and expected format. Before the host has
    /// started, it contains the errors of all breakers.
    /// </exception>
    /// <exception cref="InvalidOperationException">A listener of the container could not be created, or its constructor requests the breaker.</exception>
    /// <exception cref="ObjectDisposedException">The container is disposed, and the breaker was not created before.</exception>
    public FluxgateBreaker this[string name] => TryGet(name, out var breaker) ? breaker : throw Undefined(name);

    /// <summary>Gets the breaker with a name, if the name is defined. Creates it if it is requested for the first time.</summary>
    /// <param name="name">The name of the breaker, case-insensitive.</param>
    /// <param name="breaker">The breaker, or <see langword="null"/> if no breaker has this name.</param>
    /// <returns><see langword="true"/> if a breaker has this name; otherwise, <see langword="false"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is <see langword="null"/>.</exception>
    /// <exception cref="OptionsValidationException">The settings are invalid, as for the indexer.</exception>
    /// <exception cref="InvalidOperationException">A listener could not be created, as for the indexer.</exception>
    /// <exception cref="ObjectDisposedException">The container is disposed, as for the indexer.</exception>
    public bool TryGet(string name, [NotNullWhen(true)] out FluxgateBreaker? breaker)
    {
        ArgumentNullException.ThrowIfNull(name);
        breaker = (Find(name) as NamedBreaker)?.Breaker;
        return breaker is not null;
    }

    /// <summary>
    /// Gets the breaker with a name, and creates it if the name is not defined: for names that are known only at run time. Such a breaker has the
    /// defaults, and the listeners, metrics, health checks and reloads of the container. It lives as long as the container, so the number of names
    /// must be limited; for keys without a limit, such as tenants, use a group.
    /// </summary>
    /// <param name="name">The name of the breaker, 1 to 256 characters, case-insensitive.</param>
    /// <returns>The breaker; always the same instance for a name.</returns>
    /// <exception cref="ArgumentException">The name is empty, too long or <see langword="null"/>, begins with <c>BreakerGroups:</c>, or is that of a group.</exception>
    /// <exception cref="OptionsValidationException">The settings are invalid, as for the indexer.</exception>
    /// <exception cref="InvalidOperationException">A listener could not be created, as for the indexer.</exception>
    /// <exception cref="ObjectDisposedException">The container is disposed, as for the indexer.</exception>
    public FluxgateBreaker GetOrAdd(string name)
    {
        if (TryGet(FluxgateBuilder.CircuitName(name), out var defined))
        {
            return defined;
        }

        if (_names.Find(GroupNames.SettingsOf(name)) is not null)
        {
            throw new ArgumentException($"name must be that of a breaker, but '{name}' is a group: use GetGroup.", nameof(name));
        }

        return ((NamedBreaker)GetOrCreate(name, isAdded: true)).Breaker;
    }

    /// <summary>Returns the errors of the changed configuration of a breaker or a group, if it is invalid. The previous settings stay in force.</summary>
    /// <param name="name">The name of the breaker or group, case-insensitive.</param>
    /// <returns>A line for each error, with path, value and expected format; <see langword="null"/> if the configuration is in force.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is <see langword="null"/>.</exception>
    public string? GetConfigurationError(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _settings.ErrorOf(name) ?? _settings.ErrorOf(GroupNames.SettingsOf(name));
    }

    /// <summary>Enumerates the breakers that are created. After the host has started, these are all breakers that are defined.</summary>
    /// <returns>An enumerator over a copy, ordered by name.</returns>
    public IEnumerator<FluxgateBreaker> GetEnumerator() =>
        Created
            .OfType<NamedBreaker>()
            .Select(named => named.Breaker)
            .OrderBy(breaker => breaker.Name, StringComparer.Ordinal)
            .ToList()
            .GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Gets the errors of all invalid configurations, including those of breakers and groups that are not created, by name.</summary>
    internal IEnumerable<KeyValuePair<string, string>> ConfigurationErrors =>
        _settings.Errors.Select(error => KeyValuePair.Create(GroupNames.Bare(error.Key), error.Value));

    /// <summary>Returns what is wrong with the configuration of a breaker or a group: its errors, and the keys that stay in force although their file is missing or fails to load.</summary>
    /// <param name="settingsName">The name of its settings (see <see cref="GroupNames"/>).</param>
    internal (string? Error, string? Retained) ProblemsOf(string settingsName) =>
        (_settings.ErrorOf(settingsName), _settings.RetainedBy(settingsName));

    /// <summary>Validates all settings, creates all breakers, and from then on creates those that a changed configuration adds.</summary>
    internal void Start()
    {
        // The warnings come first: a misspelled name may be the cause of an error.
        _warnings.LogAtStartup();
        if (Errors() is { Count: > 0 } errors)
        {
            throw new InvalidSettingsException(AllBreakers, errors);
        }

        _started = true;
        foreach (var name in _names.Known)
        {
            GetOrCreate(name);
        }
    }

    internal Task DisposeAllAsync()
    {
        _disposed = true;

        // A breaker that is not attached yet is disposed by the thread that creates it.
        Interlocked.MemoryBarrier();
        return Task.WhenAll(Created.Where(named => named.IsAttached).Select(named => named.DisposeAsync().AsTask()));
    }

    private void Apply(string name, FluxgateBreakerSettings settings)
    {
        if (_disposed || name.Length == 0)
        {
            return;
        }

        if (_started)
        {
            GetOrCreate(name);
        }

        // See Attach: the thread that creates the breaker reads the settings in force again.
        Interlocked.MemoryBarrier();
        if (_circuits.TryGetValue(name, out var named))
        {
            named.Apply(settings);
        }
    }

    private void OnReloaded()
    {
        if (_started && !_disposed)
        {
            _warnings.LogSimilarNames();
        }
    }

    private KeyNotFoundException Undefined(string name)
    {
        var errors = string.Concat(_names.Errors.Select(error => $"{Environment.NewLine}{error}"));
        var kind = GroupNames.GroupOf(name) is null ? "breaker" : "group";
        return new($"No {kind} is named '{SettingsNode.Shorten(GroupNames.Bare(name))}'.{BreakerNames.Advice(name, AllNames)}{errors}");
    }
}
