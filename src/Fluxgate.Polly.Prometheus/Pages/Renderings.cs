using System.Buffers;
using System.IO.Compression;

namespace Fluxgate;

/// <summary>
/// Renders pages for requests, at most two at once whatever the number of requests: one waits for its turn and shares the page with all that
/// ask for the same before it begins. None gets a page that began before it asked.
/// </summary>
internal sealed class Renderings(BreakerMetrics breakers, TimeProvider time, ArrayPool<byte>? pool)
{
    /// <summary>Shorter than the 10 s after which Prometheus gives up by default: it shall hear why it gets no page.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    private const int MostAtOnce = 2;

    private readonly object _gate = new();

    /// <summary>Those that have not begun, oldest first: one at most for each format and coding.</summary>
    private readonly List<Rendering> _notBegun = [];
    private int _turns;

    /// <summary>A page that is no older than this call; <see langword="null"/> when none can be had in time.</summary>
    public async ValueTask<PrometheusPage?> AskAsync(PageFormat format, bool isGzip, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var rendering = Join(format, isGzip);
        try
        {
            await rendering.Done.WaitAsync(Patience, time, cancellationToken).ConfigureAwait(false);
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

    /// <summary>Renders, on a thread of the pool: a callback that hangs keeps this one, and the requests give up by themselves.</summary>
    public void Run(Rendering rendering)
    {
        lock (_gate)
        {
            _notBegun.Remove(rendering);
            if (rendering.Holders == 0)
            {
                EndTurn();
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
            EndTurn();
        }

        Release(rendering);
    }

    /// <summary>Holds a page that somebody else holds already.</summary>
    public void Hold(Rendering rendering)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(rendering.Holders == 0, typeof(PrometheusPage));
            rendering.Holders++;
        }
    }

    public void Release(Rendering rendering)
    {
        PooledPage? page;
        lock (_gate)
        {
            if (--rendering.Holders > 0)
            {
                return;
            }

            if (!rendering.HasTurn)
            {
                _notBegun.Remove(rendering);
            }

            // Read in here: one that has its turn may be joined anew before it begins, and its page is for those who joined.
            page = rendering.Page;
        }

        page?.Dispose();
    }

    private Rendering Join(PageFormat format, bool isGzip)
    {
        lock (_gate)
        {
            var rendering = _notBegun.Find(other => other.Format == format && other.IsGzip == isGzip);
            if (rendering is null)
            {
                rendering = new(this, format, isGzip);
                _notBegun.Add(rendering);
            }

            rendering.Holders++;
            GiveTurns();
            return rendering;
        }
    }

    private void EndTurn()
    {
        _turns--;
        GiveTurns();
    }

    private void GiveTurns()
    {
        while (_turns < MostAtOnce && _notBegun.Find(rendering => !rendering.HasTurn) is { } next)
        {
            next.HasTurn = true;
            _turns++;

            // Unsafe: what belongs to one request (its culture, its activity) must not flow into a page that many share.
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
