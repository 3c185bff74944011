using System.Text;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Primitives;

namespace Fluxgate;

/// <summary>Files in memory. A watcher is called on the thread that changes the file, before the change returns.</summary>
internal sealed class VirtualFiles : IFileProvider
{
    private readonly Dictionary<string, string> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CancellationTokenSource> _watched = new(StringComparer.Ordinal);

    /// <summary>Adds a JSON file as a host does: watched, and optional.</summary>
    public JsonConfigurationSource Source(string path, bool ignoreLoadErrors = true, bool watch = true) =>
        new()
        {
            FileProvider = this,
            Path = path,
            Optional = true,
            ReloadOnChange = watch,
            ReloadDelay = 0,
            OnLoadException = ignoreLoadErrors ? context => context.Ignore = true : null,
        };

    /// <summary>Writes a file.</summary>
    /// <param name="path">Its name.</param>
    /// <param name="text">Its text; <see langword="null"/> deletes it.</param>
    public void Write(string path, string? text)
    {
        WriteUnnoticed(path, text);
        if (_watched.Remove(path, out var watched))
        {
            try
            {
                watched.Cancel();
            }
            catch (AggregateException)
            {
                // Load errors that are not ignored are thrown on the thread of the file watcher, where nothing catches them.
            }
        }
    }

    public void WriteUnnoticed(string path, string? text)
    {
        if (text is null)
        {
            _files.Remove(path);
        }
        else
        {
            _files[path] = text;
        }
    }

    public IFileInfo GetFileInfo(string subpath) =>
        _files.TryGetValue(subpath, out var text) ? new VirtualFile(subpath, Encoding.UTF8.GetBytes(text)) : new NotFoundFileInfo(subpath);

    public IDirectoryContents GetDirectoryContents(string subpath) => NotFoundDirectoryContents.Singleton;

    public IChangeToken Watch(string filter)
    {
        if (!_watched.TryGetValue(filter, out var watched))
        {
            _watched[filter] = watched = new();
        }

        return new CancellationChangeToken(watched.Token);
    }

    private sealed class VirtualFile(string name, byte[] bytes) : IFileInfo
    {
        public bool Exists => true;

        public bool IsDirectory => false;

        public DateTimeOffset LastModified => default;

        public long Length => bytes.Length;

        public string Name => name;

        public string? PhysicalPath => null;

        public Stream CreateReadStream() => new MemoryStream(bytes);
    }
}
