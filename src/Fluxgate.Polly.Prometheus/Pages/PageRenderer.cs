using System.Buffers;
using System.IO.Compression;

namespace Fluxgate;

/// <summary>
/// Renders pages for requests, at most two at a time. Requests for the same format and content coding share a page that is not started when
/// they arrive. No request receives a page that was started before it arrived.
/// </summary>
internal sealed class PageRenderer(BreakerMetrics breakers, TimeProvider time, ArrayPool<byte>? pool)
{
    /// <summary>The timeout of a request, shorter than the default scrape timeout of Prometheus (10 s), so that Prometheus receives the response.</summary>
    public static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(8);

    private const int MaxConcurrent = 2;

    private readonly object _gate = new();

    /// <summary>The pages that are not started, oldest first: at most one for each format and content coding.</summary>
    private readonly List<Rendering> _pending = [];
    private int _running;

    /// <summary>Returns a page that is no older than this call, or <see langword="null"/> after the timeout.</summary>
    public async ValueTask<PrometheusPage?> RenderAsync(PageFormat format, bool isGzip, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var rendering = Join(format, isGzip);
        try
        {
            await rendering.Done.WaitAsync(RequestTimeout, time, cancellationToken).ConfigureAwait(false);
            return new(this, rendering);
        }
        catch (TimeoutException) when (!rendering.Done.IsFaulted)
        {
            Release(rendering);
            return null;
        }
        catch
        {
            Release(rendering);
            throw;
        }
    }

    /// <summary>Renders a page on a thread-pool thread. A callback that hangs blocks only this thread; the requests time out.</summary>
    public void Run(Rendering rendering)
    {
        lock (_gate)
        {
            _pending.Remove(rendering);
            if (rendering.Holders == 0)
            {
                CompleteOne();
                return;
            }

            rendering.Holders++;
        }

        try
        {
            rendering.Complete(Render(rendering.Format, rendering.IsGzip));
        }
        catch (Exception error)
        {
            rendering.Fail(error);
        }

        lock (_gate)
        {
            CompleteOne();
        }

        Release(rendering);
    }

    /// <summary>Adds a holder to a page that has one.</summary>
    public void Hold(Rendering rendering)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(rendering.Holders == 0, typeof(PrometheusPage));
            rendering.Holders++;
        }
    }

    /// <summary>Removes a holder. Without holders, the memory of the page returns to the pool.</summary>
    public void Release(Rendering rendering)
    {
        PooledPage? page;
        lock (_gate)
        {
            if (--rendering.Holders > 0)
            {
                return;
            }

            if (!rendering.IsScheduled)
            {
                _pending.Remove(rendering);
            }

            // Read under the lock: a scheduled page may receive new holders before it is started, and its page is theirs.
            page = rendering.Page;
        }

        page?.Dispose();
    }

    private Rendering Join(PageFormat format, bool isGzip)
    {
        lock (_gate)
        {
            var rendering = _pending.Find(other => other.Format == format && other.IsGzip == isGzip);
            if (rendering is null)
            {
                rendering = new(this, format, isGzip);
                _pending.Add(rendering);
            }

            rendering.Holders++;
            ScheduleNext();
            return rendering;
        }
    }

    private void CompleteOne()
    {
        _running--;
        ScheduleNext();
    }

    private void ScheduleNext()
    {
        while (_running < MaxConcurrent && _pending.Find(rendering => !rendering.IsScheduled) is { } next)
        {
            next.IsScheduled = true;
            _running++;

            // Unsafe, so that the execution context of one request (culture, activity) does not flow into a page that several share.
            ThreadPool.UnsafeQueueUserWorkItem(next, preferLocal: false);
        }
    }

    private PooledPage Render(PageFormat format, bool isGzip)
    {
        var page = new PooledPage(pool);
        try
        {
            PageWriter.Write(breakers, format, page);
            if (!isGzip)
            {
                return page;
            }

            var plain = page;
            page = new(pool);
            Compress(plain, page);
            return page;
        }
        catch
        {
            page.Dispose();
            throw;
        }
    }

    private static void Compress(PooledPage plain, PooledPage compressed)
    {
        using (plain)
        {
            using var output = new PageStream(compressed);
            using var gzip = new GZipStream(output, CompressionLevel.Fastest);
            plain.CopyTo(gzip);
        }
    }
}
