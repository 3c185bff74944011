namespace Fluxgate;

/// <summary>
/// A page of metrics for one HTTP answer: whole, with the headers that belong to it. Dispose it when the answer is sent; its memory is pooled
/// and may be shared with other answers.
/// </summary>
/// <remarks>Thread-safe: a page that is disposed while it is being sent keeps its memory until then.</remarks>
public sealed class PrometheusPage : IDisposable
{
    private readonly Renderings _renderings;
    private readonly Rendering _rendering;
    private int _disposed;

    internal PrometheusPage(Renderings renderings, Rendering rendering)
    {
        (_renderings, _rendering) = (renderings, rendering);
        Length = rendering.Page!.Length;
    }

    /// <summary>The header <c>Content-Type</c>.</summary>
    public string ContentType => _rendering.Format.ContentType();

    /// <summary>The header <c>Content-Encoding</c>: <c>gzip</c>, or <see langword="null"/> where there is to be none.</summary>
    public string? ContentEncoding => _rendering.IsGzip ? "gzip" : null;

    /// <summary>The header <c>Content-Length</c>, in bytes.</summary>
    public long Length { get; }

    /// <summary>Writes the page. May be called more than once.</summary>
    /// <param name="output">What it is written into; left open.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    /// <returns>A task that completes when all is written.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="output"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The page was disposed.</exception>
    public async Task CopyToAsync(Stream output, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        _renderings.Hold(_rendering);
        try
        {
            await _rendering.Page!.CopyToAsync(output, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _renderings.Release(_rendering);
        }
    }

    /// <summary>Gives the page's memory back, once nobody reads it any more. Further calls do nothing.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _renderings.Release(_rendering);
        }
    }
}
