using System.Buffers;

namespace Fluxgate;

/// <summary>A page in pooled buffers. Its length is known before it is sent, and nothing is copied while it grows.</summary>
internal sealed class PooledPage(ArrayPool<byte>? pool = null) : IBufferWriter<byte>, IDisposable
{
    private const int FirstSize = 64 * 1024;

    /// <summary>Buffers double up to 4 MB. The pool keeps few buffers of a size, and the others of a large page would be garbage after each scrape.</summary>
    private const int MaxDoublings = 6;

    private readonly ArrayPool<byte> _pool = pool ?? ArrayPool<byte>.Shared;
    private readonly List<(byte[] Bytes, int Length)> _buffers = [];

    public long Length => _buffers.Sum(buffer => (long)buffer.Length);

    public void Advance(int count) => _buffers[^1] = _buffers[^1] with { Length = _buffers[^1].Length + count };

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_buffers.Count == 0 || _buffers[^1].Bytes.Length - _buffers[^1].Length < Math.Max(sizeHint, 1))
        {
            _buffers.Add((_pool.Rent(Math.Max(sizeHint, FirstSize << Math.Min(_buffers.Count, MaxDoublings))), 0));
        }

        return _buffers[^1].Bytes.AsMemory(_buffers[^1].Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void CopyTo(Stream output)
    {
        foreach (var (bytes, length) in _buffers)
        {
            output.Write(bytes, 0, length);
        }
    }

    public async Task CopyToAsync(Stream output, CancellationToken cancellationToken)
    {
        foreach (var (bytes, length) in _buffers)
        {
            await output.WriteAsync(bytes.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        _buffers.ForEach(buffer => _pool.Return(buffer.Bytes));
        _buffers.Clear();
    }
}
