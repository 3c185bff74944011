using Microsoft.Extensions.Options;

namespace Fluxgate;

/// <content>The creation of breakers and groups.</content>
public sealed partial class FluxgateBreakers
{
    /// <summary>Returns the breaker or group with a name, or <see langword="null"/> if the name is not defined. Creates it if it is requested for the first time.</summary>
    private NamedCircuit? Find(string name) =>
        _circuits.TryGetValue(name, out var created) ? created
        : _names.Find(name) is { } defined ? GetOrCreate(defined)
        : null;

    /// <summary>Creates a breaker or a group without a lock, since its parts and listeners may request others. Of several that are created at once, one is published.</summary>
    private NamedCircuit GetOrCreate(string name, bool isAdded = false)
    {
        if (_circuits.TryGetValue(name, out var published))
        {
            return published;
        }

        ObjectDisposedException.ThrowIf(_disposed, this);
        var own = Create(name);
        published = _circuits.GetOrAdd(name, own);
        if (isAdded)
        {
            _names.Add(published.Name);
        }

        if (ReferenceEquals(published, own))
        {
            Attach(own);
        }
        else
        {
            // It has no listeners yet, so this does not wait.
            own.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        return published;
    }

    private NamedCircuit Create(string name)
    {
        var listeners = _listeners.For(name);
        var settings = SettingsOf(name);
        return GroupNames.GroupOf(name) is null
            ? new NamedBreaker(name, settings, listeners, _timeProvider, _warnings, _log, _stopping)
            : new NamedGroup(name, settings, listeners, _timeProvider, _warnings, _log, _stopping);
    }

    private void Attach(NamedCircuit created)
    {
        created.Attach();

        // Of this thread and one that changes the settings or disposes the container, at least one sees the write of the other.
        Interlocked.MemoryBarrier();
        while (created.Apply(_settings.Get(created.Name))) { }

        if (_disposed)
        {
            created.DisposeAsync().AsTask().GetAwaiter().GetResult();
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
}
