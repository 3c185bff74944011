using System.Buffers;

namespace Fluxgate;

/// <summary>The metrics of the breakers of one or more <see cref="PrometheusListener"/> objects, and the page that Prometheus scrapes.</summary>
/// <remarks>
/// Thread-safe. A page reads one <see cref="FluxgateBreaker.Snapshot"/> per breaker, so its values are consistent; see
/// <see cref="BreakerMetrics"/>.
/// </remarks>
public sealed class PrometheusMetrics
{
    private readonly PageRenderer _renderer;

    /// <summary>Creates metrics that are separate from <see cref="Default"/>.</summary>
    /// <param name="catalog">The selection and the options of the families, which is copied. The default is all families.</param>
    /// <exception cref="ArgumentException">The catalog contains a label that is invalid in Prometheus, or two labels of one name in a family. The message names them.</exception>
    public PrometheusMetrics(MetricCatalog? catalog = null)
        : this(catalog, TimeProvider.System) { }

    internal PrometheusMetrics(MetricCatalog? catalog, TimeProvider time, ArrayPool<byte>? pool = null)
    {
        Breakers = new(catalog);
        _renderer = new(Breakers, time, pool);
    }

    /// <summary>Gets the metrics of the process, which listeners, servers and endpoints use by default.</summary>
    public static PrometheusMetrics Default { get; } = new();

    /// <summary>Gets the value of the header <c>Retry-After</c> for a response without a page from <see cref="RenderAsync"/>: 5 seconds.</summary>
    public static TimeSpan RetryAfter { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets the breakers and their metric families.</summary>
    public BreakerMetrics Breakers { get; }

    /// <summary>Gets the families in the order in which they are written.</summary>
    public IReadOnlyList<MetricFamily> Families => Breakers.Families;

    /// <summary>Adds a custom family to the page. Adding it again, or a family of the same name, type and labels, is a no-op.</summary>
    /// <param name="family">The family.</param>
    /// <returns><see langword="true"/> if the family was added; <see langword="false"/> if it was present.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="family"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">A family with this name has another type or other labels, or a label has the name of a constant label.</exception>
    public bool Add(MetricFamily family) => Breakers.Add(family);

    /// <summary>Writes the page in UTF-8 without a byte order mark, independently of the culture.</summary>
    /// <param name="output">The buffer to write to.</param>
    /// <param name="format">The format. The default is the text format.</param>
    /// <exception cref="ArgumentNullException"><paramref name="output"/> is <see langword="null"/>.</exception>
    public void Write(IBufferWriter<byte> output, PageFormat format = PageFormat.Text)
    {
        ArgumentNullException.ThrowIfNull(output);
        PageWriter.Write(Breakers, format, output);
    }

    /// <summary>Writes the page to a stream, as <see cref="Write"/> does.</summary>
    /// <param name="output">The stream to write to. It stays open.</param>
    /// <param name="format">The format. The default is the text format.</param>
    /// <param name="cancellationToken">The token that cancels writing.</param>
    /// <returns>A task that completes when the page is written.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="output"/> is <see langword="null"/>.</exception>
    public async Task WriteAsync(Stream output, PageFormat format = PageFormat.Text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        using var page = new PooledPage();
        Write(page, format);
        await page.CopyToAsync(output, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Renders the page for an HTTP request, in the format and content coding that the request accepts. <see cref="PrometheusServer"/> and the
    /// endpoint for ASP.NET Core use this method. Use it to serve the page with another web framework.
    /// </summary>
    /// <remarks>
    /// At most two pages are rendered at a time, on thread-pool threads. Further requests wait and share a page that was not started when they
    /// arrived, so no page is older than its request. The format is OpenMetrics if the client prefers it and text otherwise, even if the client
    /// accepts neither. The page is compressed with gzip if the client accepts it. The response should contain
    /// <c>Vary: Accept, Accept-Encoding</c>.
    /// </remarks>
    /// <param name="accept">The header <c>Accept</c>, with several values joined by commas, or <see langword="null"/> if there is none.</param>
    /// <param name="acceptEncoding">The header <c>Accept-Encoding</c>, with several values joined by commas, or <see langword="null"/> if there is none.</param>
    /// <param name="cancellationToken">The token that cancels the wait. The page is still rendered for other requests.</param>
    /// <returns>
    /// The page, or <see langword="null"/> if it was not rendered within 8 seconds because a callback of a family hangs. Respond with
    /// <c>503</c> and <see cref="RetryAfter"/> then.
    /// </returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    /// <example>
    /// <code>
    /// using var page = await metrics.RenderAsync(request.Headers["Accept"], request.Headers["Accept-Encoding"], cancellationToken);
    /// </code>
    /// </example>
    public ValueTask<PrometheusPage?> RenderAsync(
        string? accept = null,
        string? acceptEncoding = null,
        CancellationToken cancellationToken = default
    ) => _renderer.RenderAsync(Negotiation.FormatFor(accept), Negotiation.AcceptsGzip(acceptEncoding), cancellationToken);
}
