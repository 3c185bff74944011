using Microsoft.Extensions.Configuration;

namespace Fluxgate;

/// <summary>
/// Watches for files that fail to load. Where the host does not ignore the error, .NET empties the provider and throws on the thread of
/// the file watcher: no change token fires and nothing is logged.
/// </summary>
internal sealed class FailedLoads : IDisposable
{
    private readonly IDisposable _changes;
    private readonly Action _failed;
    private readonly List<Action> _undo = [];
    private volatile bool _disposed;

    /// <param name="sources">The files.</param>
    /// <param name="changes">The subscription to what loads; disposed with this one.</param>
    /// <param name="failed">Called when a load has failed and no change token will fire.</param>
    public FailedLoads(IEnumerable<FileConfigurationSource> sources, IDisposable changes, Action failed)
    {
        (_changes, _failed) = (changes, failed);
        foreach (var source in sources)
        {
            var handler = source.OnLoadException;
            Action<FileLoadExceptionContext> mine = context => OnLoadException(context, handler);
            source.OnLoadException = mine;
            _undo.Add(() =>
            {
                // Another one that came later stays, and calls this one in vain.
                if (source.OnLoadException == mine)
                {
                    source.OnLoadException = handler;
                }
            });
        }
    }

    public void Dispose()
    {
        _disposed = true;
        _changes.Dispose();
        _undo.ForEach(undo => undo());
    }

    private void OnLoadException(FileLoadExceptionContext context, Action<FileLoadExceptionContext>? handler)
    {
        handler?.Invoke(context);
        if (!context.Ignore && !_disposed)
        {
            _failed();
        }
    }
}
