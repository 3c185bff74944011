using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace Fluxgate;

/// <summary>A configuration section with <c>Defaults</c> and <c>Breakers</c>. It is read again after it has changed.</summary>
internal sealed class SettingsSection(IConfiguration section)
{
    private volatile SectionSnapshot? _current;
    private int _failedLoads;

    /// <summary>Gets the section as it is now. A reload reads it once for all breakers.</summary>
    public SectionSnapshot Current
    {
        get
        {
            var current = _current;
            var failedLoads = Volatile.Read(ref _failedLoads);
            if (current is null || current.Token.HasChanged || current.FailedLoads != failedLoads)
            {
                // The token comes first, so that a change during the read causes another one.
                _current = current = new(section.GetReloadToken(), failedLoads, section, current);
            }

            return current;
        }
    }

    /// <summary>Calls back after the section has changed or one of its files has failed to load, until the results are disposed.</summary>
    public IEnumerable<IDisposable> Watch(Action changed) =>
        [
            ChangeToken.OnChange(section.GetReloadToken, changed),
            .. ConfigurationLayer
                .Of(section)
                .Select(layer => layer.File?.Source)
                .OfType<FileConfigurationSource>()
                .Select(source => WatchLoadErrors(source, changed)),
        ];

    /// <remarks>
    /// If no handler ignores a load error, .NET empties the provider and throws on the thread of the file watcher: no change token fires, and
    /// nothing is logged.
    /// </remarks>
    private Subscription WatchLoadErrors(FileConfigurationSource source, Action changed)
    {
        var ended = false;
        var handler = source.OnLoadException;
        source.OnLoadException = OnLoadException;
        return new(() =>
        {
            Volatile.Write(ref ended, true);
            // A handler that was set later stays, and still calls this one.
            if (source.OnLoadException == OnLoadException)
            {
                source.OnLoadException = handler;
            }
        });

        void OnLoadException(FileLoadExceptionContext context)
        {
            handler?.Invoke(context);
            if (!context.Ignore && !Volatile.Read(ref ended))
            {
                Interlocked.Increment(ref _failedLoads);
                changed();
            }
        }
    }
}
