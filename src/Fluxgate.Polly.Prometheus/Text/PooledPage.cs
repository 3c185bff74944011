using System.Buffers;

namespace Fluxgate;

/// <summary>A page in pooled pieces: its length is known before the first byte is sent, and nothing is copied as it grows.</summary>
internal sealed class PooledPage(ArrayPool<byte>? pool = null) : IBufferWriter<byte>, IDisposable
{
    private const int FirstPiece = 64 * 1024;

    /// <summary>Pieces double up to 4 MB: the pool keeps few of a size, and what it does not keep of a large page would be garbage at each scrape.</summary>
    private const int MostDoublings = 6;

    private readonly ArrayPool<byte> _pool = pool ?? ArrayPool<byte>.Shared;
    private readonly List<(byte[] Bytes, int Length)> _pieces = [];

    public long Length => _pieces.Sum(piece => (long)piece.Length);

    public void Advance(int count) => _pieces[^1] = _pieces[^1] with { Length = _pieces[^1].Length + count };

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_pieces.Count == 0 || _pieces[^1].Bytes.Length - _pieces[^1].Length < Math.Max(sizeHint, 1))
        {
            _pieces.Add((_pool.Rent(Math.Max(sizeHint, FirstPiece << Math.Min(_pieces.Count, MostDoublings))), 0));
        }

        return _pieces[^1].Bytes.AsMemory(_pieces[^1].Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void CopyTo(Stream output)
    {
        foreach (var (bytes, length) in _pieces)
        {
            output.Write(bytes, 0, length);
        }
    }

    public async Task CopyToAsync(Stream output, CancellationToken cancellationToken)
    {
        foreach (var (bytes, length) in _pieces)
        {
            await output.WriteAsync(bytes.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        _pieces.ForEach(piece => _pool.Return(piece.Bytes));
        _pieces.Clear();
    }
}
