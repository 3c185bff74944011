namespace Fluxgate;

/// <summary>
/// A rendered page of metrics with the headers of its HTTP response. Dispose it after the response is sent: its memory is pooled, and other
/// responses may share it.
/// </summary>
/// <remarks>Thread-safe. If a page is disposed while it is being sent, its memory is released afterwards.</remarks>
public sealed class PrometheusPage : IDisposable
{
    private readonly PageRenderer _renderer;
    private readonly Rendering _rendering;
    private int _disposed;

    internal PrometheusPage(PageRenderer renderer, Rendering rendering)
    {
        (_renderer, _rendering) = (renderer, rendering);
        Length = rendering.Page!.Length;
    }

    /// <summary>Gets the value of the header <c>Content-Type</c>.</summary>
    public string ContentType => _rendering.Format.ContentType();

    /// <summary>Gets the value of the header <c>Content-Encoding</c>: <c>gzip</c>, or <see langword="null"/> if the page is not compressed.</summary>
    public string? ContentEncoding => _rendering.IsGzip ? "gzip" : null;

    /// <summary>Gets the value of the header <c>Content-Length</c>, in bytes.</summary>
    public long Length { get; }

    /// <summary>Writes the page to a stream. It can be called several times.</summary>
    /// <param name="output">The stream to write to. It stays open.</param>
    /// <param name="cancellationToken">The token that cancels writing.</param>
    /// <returns>A task that completes when the page is written.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="output"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The page was disposed.</exception>
    public async Task CopyToAsync(Stream output, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        _renderer.Hold(_rendering);
        try
        {
            await _rendering.Page!.CopyToAsync(output, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _renderer.Release(_rendering);
        }
    }

    /// <summary>Returns the memory of the page to its pool after the last read. Further calls are no-ops.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _renderer.Release(_rendering);
        }
    }
}
