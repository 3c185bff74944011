using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fluxgate;

/// <summary>
/// The named breakers of a container: finds them, lists them, and makes each on first use (or when the host starts). There is one
/// instance a name, disposed with the container.
/// </summary>
/// <remarks>
/// Thread-safe. No lock is held while a breaker is made: a listener may ask for any breaker in <c>OnAttached</c>, its own included. A
/// breaker can be found before its listeners are attached, and they receive afterwards what happens until then. A breaker is named by <see cref="FluxgateBuilder.AddBreaker(string)"/> or by a key below <c>Breakers</c> in the
/// configuration; options alone, defaults included, name none, so a mistyped name is an error. As in the configuration, names are the same
/// whatever their case; a breaker is called as code spells it, else as the configuration does. One that a changed configuration names is
/// there at once; one that it no longer names goes on under its last settings.
/// </remarks>
public sealed class FluxgateBreakers : IEnumerable<FluxgateBreaker>
{
    private const string AllBreakers = "Fluxgate";

    private readonly ConcurrentDictionary<string, NamedBreaker> _breakers = new(BreakerNames.Comparer);
    private readonly BreakerNames _names;
    private readonly NameChecks _checks;
    private readonly SettingsMonitor _settings;
    private readonly ContainerListeners _listeners;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _log;
    private readonly OverwrittenValues _overwritten;
    private volatile bool _started;
    private volatile bool _disposed;

    internal FluxgateBreakers(
        BreakerNames names,
        NameChecks checks,
        SettingsMonitor settings,
        ContainerListeners listeners,
        TimeProvider? timeProvider,
        ILoggerFactory? loggerFactory
    )
    {
        _names = names;
        _checks = checks;
        _settings = settings;
        _listeners = listeners;
        _timeProvider = timeProvider ?? TimeProvider.System;
        _log = ConfigurationLog.Of(loggerFactory);
        _overwritten = new(_log);
        settings.Follower = Follow;
        settings.Reloaded = Reloaded;
    }

    /// <summary>The names of all breakers, whether made already or not, in no particular order.</summary>
    public IReadOnlyCollection<string> Names => [.. _names.Known.Union(Made.Select(breaker => breaker.Name), BreakerNames.Comparer)];

    // Not Values, which copies all under the locks of the dictionary.
    private IEnumerable<FluxgateBreaker> Made => _breakers.Select(named => named.Value.Breaker);

    /// <summary>The breaker of a name; made now where nobody has asked for it before.</summary>
    /// <param name="name">Its name, in any case.</param>
    /// <returns>Always the same instance for a name.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is <see langword="null"/>.</exception>
    /// <exception cref="KeyNotFoundException">Nothing names such a breaker; the message tells the closest name.</exception>
    /// <exception cref="OptionsValidationException">
    /// Its settings are refused; the message names each path, value and what is allowed, one a line. Before the host has started it tells
    /// what is wrong with all breakers.
    /// </exception>
    /// <exception cref="InvalidOperationException">A listener of the container could not be made, or its constructor asks for the breaker.</exception>
    /// <exception cref="ObjectDisposedException">The container is disposed, and the breaker was not made before.</exception>
    public FluxgateBreaker this[string name] => TryGet(name, out var breaker) ? breaker : throw Unknown(name);

    /// <summary>The breaker of a name, where something names it.</summary>
    /// <param name="name">Its name, in any case.</param>
    /// <param name="breaker">The breaker; made now where nobody has asked for it before.</param>
    /// <returns><see langword="false"/> when nothing names such a breaker.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is <see langword="null"/>.</exception>
    /// <exception cref="OptionsValidationException">As for the indexer.</exception>
    /// <exception cref="InvalidOperationException">As for the indexer.</exception>
    /// <exception cref="ObjectDisposedException">As for the indexer.</exception>
    public bool TryGet(string name, [NotNullWhen(true)] out FluxgateBreaker? breaker)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (_breakers.TryGetValue(name, out var made))
        {
            breaker = made.Breaker;
            return true;
        }

        breaker = _names.Find(name) is { } known ? GetOrMake(known) : null;
        return breaker is not null;
    }

    /// <summary>Why a changed configuration of a breaker is refused at this moment.</summary>
    /// <param name="name">The breaker's name, in any case.</param>
    /// <returns>A line for each problem, with path, value and what is allowed; <see langword="null"/> when the configuration is in force.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is <see langword="null"/>.</exception>
    public string? RefusedConfiguration(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _settings.RefusalOf(name);
    }

    /// <summary>The breakers made so far; all that are named once the host has started.</summary>
    /// <returns>A copy of the moment, ordered by name.</returns>
    public IEnumerator<FluxgateBreaker> GetEnumerator() =>
        Made.OrderBy(breaker => breaker.Name, StringComparer.Ordinal).ToList().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>What files that are missing or fail to load said about a breaker before, and stays in force.</summary>
    internal string? KeptConfiguration(string name) => _settings.KeptFor(name);

    /// <summary>Refused configurations of breakers made or not.</summary>
    internal IEnumerable<KeyValuePair<string, string>> Refused => _settings.Refused;

    /// <summary>Validates everything, then makes all breakers, and from now on those that a changed configuration adds.</summary>
    internal void Start()
    {
        if (_started)
        {
            return;
        }

        // First, since what looks misspelt may be the cause of what is refused.
        _checks.WarnAtStart();
        if (Problems() is { Count: > 0 } problems)
        {
            throw new RefusedSettingsException(AllBreakers, problems);
        }

        _started = true;
        foreach (var name in _names.Known)
        {
            GetOrMake(name);
        }
    }

    internal Task DisposeAllAsync()
    {
        _disposed = true;

        // What is made at this moment is disposed by whoever makes it.
        Interlocked.MemoryBarrier();
        return Task.WhenAll(_breakers.Where(made => made.Value.IsAttached).Select(made => made.Value.Breaker.DisposeAsync().AsTask()));
    }

    /// <summary>Makes a breaker without a lock, since its parts and listeners may ask for others: of several made at once, one is published.</summary>
    private FluxgateBreaker GetOrMake(string name)
    {
        if (_breakers.TryGetValue(name, out var made))
        {
            return made.Breaker;
        }

        ObjectDisposedException.ThrowIf(_disposed, this);
        var own = Make(name);
        made = _breakers.GetOrAdd(name, own);
        if (ReferenceEquals(made, own))
        {
            Begin(own);
        }
        else
        {
            own.Breaker.Dispose();
        }

        return made.Breaker;
    }

    private NamedBreaker Make(string name)
    {
        var listeners = _listeners.For(name);
        var inForce = SettingsOf(name);
        var settings = inForce.With(listeners);
        return new(FluxgateBreaker.CreateUnattached(name, settings, _timeProvider), inForce, [.. settings.Listeners.OfType<LogListener>()]);
    }

    private void Begin(NamedBreaker made)
    {
        made.Breaker.Attach();
        made.IsAttached = true;

        // Of this thread and one that changes the settings or disposes the container, at least one sees what the other has done.
        Interlocked.MemoryBarrier();
        while (_settings.Get(made.Breaker.Name) is var inForce && !ReferenceEquals(inForce, made.Settings))
        {
            Reconfigure(made, inForce);
        }

        if (_disposed)
        {
            made.Breaker.Dispose();
        }

        Warn(made.Breaker);
        _overwritten.Tell(made.Settings);
    }

    private FluxgateBreakerSettings SettingsOf(string name)
    {
        try
        {
            return _settings.Get(name);
        }
        catch (OptionsValidationException refused)
        {
            // Whoever asks before the start ends the start, and what is wrong with the other breakers would wait for the next one.
            throw _started
                ? new RefusedSettingsException(name, [.. refused.Failures])
                : new RefusedSettingsException(AllBreakers, [.. refused.Failures.Union(Problems(), StringComparer.Ordinal)]);
        }
    }

    /// <summary>What is wrong with all breakers and names.</summary>
    private IReadOnlyList<string> Problems()
    {
        List<string> problems = [.. _names.Problems];
        foreach (var name in _names.Known)
        {
            try
            {
                _settings.Get(name);
            }
            catch (OptionsValidationException refused)
            {
                problems.AddRange(refused.Failures);
            }
        }

        return [.. problems.Concat(_checks.Problems).Distinct(StringComparer.Ordinal)];
    }

    private void Follow(string name, FluxgateBreakerSettings settings)
    {
        if (_disposed || name.Length == 0)
        {
            return;
        }

        if (_started)
        {
            GetOrMake(name);
        }

        // See Begin: who makes the breaker at this moment looks again at the settings in force.
        Interlocked.MemoryBarrier();
        if (_breakers.TryGetValue(name, out var made) && !ReferenceEquals(settings, made.Settings))
        {
            Reconfigure(made, settings);
        }
    }

    private void Reloaded()
    {
        if (_started && !_disposed)
        {
            _checks.WarnOfNearMisses();
        }
    }

    private void Reconfigure(NamedBreaker made, FluxgateBreakerSettings settings)
    {
        var breaker = made.Breaker;
        var changes = breaker.Reconfigure(settings);
        if (changes.Count > 0)
        {
            if (!made.Logs.Any(log => log.TellsReconfigurations))
            {
                _log.Reconfigured(breaker.Name, string.Join("; ", changes));
            }

            Warn(breaker);
        }

        string[] waiting = [.. SettingsCopies.WaitingChanges(made.Settings, settings)];
        made.Settings = settings;
        _overwritten.Tell(settings);
        if (waiting.Length > 0)
        {
            _log.ChangeWaits(breaker.Name, string.Join("; ", waiting));
        }
    }

    private void Warn(FluxgateBreaker breaker)
    {
        foreach (var warning in breaker.Warnings)
        {
            _log.RuleWarning(breaker.Name, warning);
        }
    }

    private KeyNotFoundException Unknown(string name)
    {
        var problems = string.Concat(_names.Problems.Select(problem => $"{Environment.NewLine}{problem}"));
        return new($"No breaker is named '{SettingsReader.Shown(name)}'.{BreakerNames.Advice(name, Names)}{problems}");
    }
}
