using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fluxgate;

/// <summary>
/// The named breakers of a container. Creates each breaker when it is requested for the first time or when the host starts, and disposes all
/// with the container. There is one instance for each name.
/// </summary>
/// <remarks>
/// Thread-safe. A name is defined by <see cref="FluxgateBuilder.AddBreaker(string)"/> or by a key under <c>Breakers</c> in the configuration.
/// Options and defaults define no name, so a misspelled name is an error. Names are case-insensitive, as configuration keys are; a breaker has
/// the spelling of the code, or else that of the configuration. When a changed configuration defines a new name, the breaker is created
/// at once. When it no longer defines a name, the breaker keeps its last settings. No lock is held while a breaker is created: a listener may
/// request any breaker in <c>OnAttached</c>, including its own. A breaker is available before its listeners are attached; they receive the
/// signals of that time afterwards.
/// </remarks>
public sealed class FluxgateBreakers : IEnumerable<FluxgateBreaker>
{
    private const string AllBreakers = "Fluxgate";

    private readonly ConcurrentDictionary<string, NamedBreaker> _breakers = new(BreakerNames.Comparer);
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
    public IReadOnlyCollection<string> Names => [.. _names.Known.Union(Created.Select(breaker => breaker.Name), BreakerNames.Comparer)];

    // Not Values, which copies all under the locks of the dictionary.
    private IEnumerable<FluxgateBreaker> Created => _breakers.Select(named => named.Value.Breaker);

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
        if (_breakers.TryGetValue(name, out var created))
        {
            breaker = created.Breaker;
            return true;
        }

        breaker = _names.Find(name) is { } defined ? GetOrCreate(defined) : null;
        return breaker is not null;
    }

    /// <summary>Returns the errors of a breaker's changed configuration, if it is invalid. The previous settings stay in force.</summary>
    /// <param name="name">The name of the breaker, case-insensitive.</param>
    /// <returns>A line for each error, with path, value and expected format; <see langword="null"/> if the configuration is in force.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is <see langword="null"/>.</exception>
    public string? GetConfigurationError(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _settings.ErrorOf(name);
    }

    /// <summary>Enumerates the breakers that are created: all that are defined, once the host has started.</summary>
    /// <returns>An enumerator over a copy, ordered by name.</returns>
    public IEnumerator<FluxgateBreaker> GetEnumerator() =>
        Created.OrderBy(breaker => breaker.Name, StringComparer.Ordinal).ToList().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Gets the errors of all invalid configurations, including those of breakers that are not created, by breaker.</summary>
    internal IEnumerable<KeyValuePair<string, string>> ConfigurationErrors => _settings.Errors;

    /// <summary>Returns the keys of a breaker that stay in force although their file is missing or fails to load.</summary>
    internal string? GetRetainedConfiguration(string name) => _settings.RetainedBy(name);

    /// <summary>Validates all settings, creates all breakers, and from then on creates those that a changed configuration adds.</summary>
    internal void Start()
    {
        if (_started)
        {
            return;
        }

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
        return Task.WhenAll(_breakers.Where(named => named.Value.IsAttached).Select(named => named.Value.Breaker.DisposeAsync().AsTask()));
    }

    /// <summary>Creates a breaker without a lock, since its parts and listeners may request others. Of several that are created at once, one is published.</summary>
    private FluxgateBreaker GetOrCreate(string name)
    {
        if (_breakers.TryGetValue(name, out var published))
        {
            return published.Breaker;
        }

        ObjectDisposedException.ThrowIf(_disposed, this);
        var listeners = _listeners.For(name);
        var own = new NamedBreaker(name, SettingsOf(name), listeners, _timeProvider, _warnings, _log);
        own.Breaker.IgnoreAbandonedCallsAfter(_stopping);
        published = _breakers.GetOrAdd(name, own);
        if (ReferenceEquals(published, own))
        {
            Attach(own);
        }
        else
        {
            own.Breaker.Dispose();
        }

        return published.Breaker;
    }

    private void Attach(NamedBreaker created)
    {
        created.Attach();

        // Of this thread and one that changes the settings or disposes the container, at least one sees the write of the other.
        Interlocked.MemoryBarrier();
        while (created.Apply(_settings.Get(created.Breaker.Name))) { }

        if (_disposed)
        {
            created.Breaker.Dispose();
        }

        created.LogWarnings();
    }

    private FluxgateBreakerSettings SettingsOf(string name)
    {
        try
        {
            return _settings.Get(name);
        }
        catch (OptionsValidationException invalid)
        {
            // A hosted service may request a breaker before startup validates all. The error that ends the startup reports all breakers.
            throw _started
                ? new InvalidSettingsException(name, [.. invalid.Failures])
                : new InvalidSettingsException(AllBreakers, [.. invalid.Failures.Union(Errors(), StringComparer.Ordinal)]);
        }
    }

    /// <summary>Returns the errors of all breakers and names.</summary>
    private IReadOnlyList<string> Errors()
    {
        List<string> errors = [.. _names.Errors];
        foreach (var name in _names.Known)
        {
            try
            {
                _settings.Get(name);
            }
            catch (OptionsValidationException invalid)
            {
                errors.AddRange(invalid.Failures);
            }
        }

        return [.. errors.Concat(_warnings.Errors).Distinct(StringComparer.Ordinal)];
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
        if (_breakers.TryGetValue(name, out var named))
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
        return new($"No breaker is named '{SettingsNode.Shorten(name)}'.{BreakerNames.Advice(name, Names)}{errors}");
    }
}
