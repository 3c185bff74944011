using System.Buffers;

namespace Fluxgate;

/// <summary>The breakers of some <see cref="PrometheusListener"/>s, and the page that Prometheus reads of them.</summary>
/// <remarks>
/// Thread-safe. A page is read from one <see cref="FluxgateBreaker.Snapshot"/> per breaker, so a state and its counts cannot disagree; see
/// <see cref="BreakerMetrics"/>.
/// </remarks>
public sealed class PrometheusMetrics
{
    private readonly Renderings _renderings;

    /// <summary>Creates metrics of their own, apart from <see cref="Default"/>.</summary>
    /// <param name="catalogue">Which families are shown, and how; copied. All of them unless given.</param>
    /// <exception cref="ArgumentException">The catalogue has a label that Prometheus does not take, or gives a family two labels of one name; the message names them.</exception>
    public PrometheusMetrics(MetricCatalogue? catalogue = null)
        : this(catalogue, TimeProvider.System) { }

    internal PrometheusMetrics(MetricCatalogue? catalogue, TimeProvider time, ArrayPool<byte>? pool = null)
    {
        Breakers = new(catalogue);
        _renderings = new(Breakers, time, pool);
    }

    /// <summary>The process-wide one: listeners, servers and endpoints use it unless given another.</summary>
    public static PrometheusMetrics Default { get; } = new();

    /// <summary>What a client is to be told in the header <c>Retry-After</c> when <see cref="RenderAsync"/> has no page: 5 seconds.</summary>
    public static TimeSpan RetryAfter { get; } = TimeSpan.FromSeconds(5);

    /// <summary>The breakers and the families that are read from them.</summary>
    public BreakerMetrics Breakers { get; }

    /// <summary>The families, in the order in which they are written.</summary>
    public IReadOnlyList<MetricFamily> Families => Breakers.Families;

    /// <summary>Adds a family of your own to the page. The same one again, or one of the same name, type and labels, changes nothing.</summary>
    /// <param name="family">The family.</param>
    /// <returns><see langword="true"/> when it was added; <see langword="false"/> when it was there.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="family"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">Another family has this name, with another type or other labels; or a label is among the constant ones.</exception>
    public bool Add(MetricFamily family) => Breakers.Add(family);

    /// <summary>Writes the page: UTF-8 without a byte order mark, the same under every culture.</summary>
    /// <param name="output">What it is written into.</param>
    /// <param name="format">How it is written; the text format unless given.</param>
    /// <exception cref="ArgumentNullException"><paramref name="output"/> is <see langword="null"/>.</exception>
    public void Write(IBufferWriter<byte> output, PageFormat format = PageFormat.Text)
    {
        ArgumentNullException.ThrowIfNull(output);
        PageWriter.Write(Breakers, format, output);
    }

    /// <summary>Writes the page as <see cref="Write"/> does.</summary>
    /// <param name="output">What it is written into; left open.</param>
    /// <param name="format">How it is written; the text format unless given.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    /// <returns>A task that completes when all is written.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="output"/> is <see langword="null"/>.</exception>
    public async Task WriteAsync(Stream output, PageFormat format = PageFormat.Text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        using var page = new PooledPage();
        Write(page, format);
        await page.CopyToAsync(output, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Renders the page for one HTTP request, in the format and coding that it asks for. <see cref="PrometheusServer"/> and the endpoint for
    /// ASP.NET Core stand on it; use it to serve the page from another web framework.
    /// </summary>
    /// <remarks>
    /// At most two pages are rendered at once, on threads of the pool; further requests wait and share one that had not begun when they came,
    /// so nobody reads what is older than its request. A client gets OpenMetrics where it prefers it, and text in all other cases, also where
    /// it accepts neither; gzip where it accepts it. The answer should have <c>Vary: Accept, Accept-Encoding</c>.
    /// </remarks>
    /// <param name="accept">The header <c>Accept</c>, several joined by commas; <see langword="null"/> when there is none.</param>
    /// <param name="acceptEncoding">The header <c>Accept-Encoding</c>, likewise.</param>
    /// <param name="cancellationToken">Ends the waiting. The page goes on for others who wait for it.</param>
    /// <returns>
    /// The whole page; <see langword="null"/> when none can be had within 8 seconds, since a callback of some family hangs: answer
    /// <c>503</c> with <see cref="RetryAfter"/>.
    /// </returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    /// <example>
    /// <code>
    /// using var page = await metrics.RenderAsync(request.Headers["Accept"], request.Headers["Accept-Encoding"], cancellationToken);
    /// </code>
    /// </example>
    public ValueTask<PrometheusPage?> RenderAsync(
        string? accept = null,
        string? acceptEncoding = null,
        CancellationToken cancellationToken = default
    ) => _renderings.AskAsync(Negotiation.FormatFor(accept), Negotiation.IsGzipWanted(acceptEncoding), cancellationToken);
}
