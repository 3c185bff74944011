using System.Buffers.Binary;
using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>Keeps the last known directives in a file, with the time of the store and of this machine: the wall clock of one machine says how long the process was gone.</summary>
internal sealed class DirectivesFile(string? path, TimeProvider timeProvider, ILogger log)
{
    private const int Header = 2 * sizeof(long);

    // Other processes may have the same file.
    private readonly string _temporary = $"{path}.{Guid.NewGuid():n}.new";
    private bool _isLogged;

    /// <summary>Reads the file, if there is one.</summary>
    /// <returns>The directives and the time on the store's clock now; <see langword="null"/> if there are none.</returns>
    public (DirectiveSet Directives, DateTimeOffset StoreTime)? Load()
    {
        if (path is null || !File.Exists(path))
        {
            return null;
        }

        try
        {
            var bytes = File.ReadAllBytes(path);
            if (bytes.Length < Header)
            {
                throw new InvalidDataException("It is too short.");
            }

            if (DirectivesCodec.Read(bytes.AsSpan(Header), out var directives) is { } error)
            {
                throw new InvalidDataException(error);
            }

            var storeTime = DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(bytes));
            var savedAt = DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(sizeof(long))));
            var gone = timeProvider.GetUtcNow() - savedAt;
            return (directives, storeTime + (gone > TimeSpan.Zero ? gone : TimeSpan.Zero));
        }
        catch (Exception error)
        {
            LogOnce(error);
            return null;
        }
    }

    /// <summary>Writes the file as a whole: a process that is killed leaves the old one or the new one.</summary>
    public void Save(DirectiveSet directives, DateTimeOffset storeTime)
    {
        if (path is null)
        {
            return;
        }

        try
        {
            var content = DirectivesCodec.Write(directives);
            var bytes = new byte[Header + content.Length];
            BinaryPrimitives.WriteInt64LittleEndian(bytes, storeTime.ToUnixTimeMilliseconds());
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(sizeof(long)), timeProvider.GetUtcNow().ToUnixTimeMilliseconds());
            content.CopyTo(bytes, Header);
            File.WriteAllBytes(_temporary, bytes);
            File.Move(_temporary, path, overwrite: true);
            _isLogged = false;
        }
        catch (Exception error)
        {
            LogOnce(error);
            TryDelete();
        }
    }

    private void TryDelete()
    {
        try
        {
            File.Delete(_temporary);
        }
        catch (Exception)
        {
            // The error before is in the log.
        }
    }

    private void LogOnce(Exception error)
    {
        if (!_isLogged)
        {
            _isLogged = true;
            log.FileFailed(path!, error.Message);
        }
    }
}
