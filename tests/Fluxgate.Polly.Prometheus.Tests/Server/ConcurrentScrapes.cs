namespace Fluxgate;

public sealed class ConcurrentScrapes : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly VirtualTime _time = new();
    private readonly ScrapePool _pool = new();
    private readonly ScrapeGate _gate = new();
    private readonly PrometheusMetrics _metrics;

    public ConcurrentScrapes()
    {
        _metrics = new(null, _time, _pool);
        _metrics.Add(_gate.Family);
    }

    public void Dispose()
    {
        _gate.Open();
        _gate.Dispose();
    }

    [Fact]
    public async Task At_most_two_renderings_run_at_once_and_other_requests_share_them()
    {
        var first = Ask();
        await _gate.EnteredAsync();
        var second = Ask();
        await _gate.EnteredAsync();
        var texts = Enumerable.Range(0, 50).Select(_ => Ask()).ToArray();
        var openMetrics = Enumerable.Range(0, 50).Select(_ => Ask("application/openmetrics-text")).ToArray();
        var gzipped = Enumerable.Range(0, 50).Select(_ => Ask(acceptEncoding: "gzip")).ToArray();

        // All work that was queued on the pool before this has started when this completes.
        await Task.Run(() => { });
        Assert.Equal(2, _gate.Renderings);
        _gate.Open();

        Assert.Equal(1, await ShownAsync(first));
        Assert.Equal(2, await ShownAsync(second));
        var shared = await Task.WhenAll(texts.Select(ShownAsync));
        Assert.Single(shared.Distinct());
        Assert.InRange(shared[0], 3, 5);
        await DisposeAllAsync(openMetrics);
        await DisposeAllAsync(gzipped);
        Assert.Equal(5, _gate.Renderings);
        Assert.All(_gate.Crowds, crowd => Assert.InRange(crowd, 1, 2));
        await AssertAllReturnedAsync();
    }

    [Fact]
    public async Task A_response_is_no_older_than_its_request()
    {
        using var breaker = new FluxgateBreaker("payments", new() { Listeners = { new PrometheusListener(_metrics) } });
        var before = Ask();
        await _gate.EnteredAsync();
        breaker.Trip();
        var after = Ask();
        _gate.Open();

        Assert.Equal(["closed"], (await PageOfAsync(before)).CurrentStates("payments"));
        Assert.Equal(["open"], (await PageOfAsync(after)).CurrentStates("payments"));
    }

    [Fact]
    public async Task A_hanging_callback_times_out_each_request()
    {
        var first = Ask();
        await _gate.EnteredAsync();
        var second = Ask();
        await _gate.EnteredAsync();
        var third = Ask();

        _time.Advance(TimeSpan.FromSeconds(7.9));
        Assert.False(first.IsCompleted || second.IsCompleted || third.IsCompleted);
        var late = Ask();
        _time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Null(await first.WaitAsync(Deadline));
        Assert.Null(await second.WaitAsync(Deadline));
        Assert.Null(await third.WaitAsync(Deadline));
        Assert.False(late.IsCompleted);

        _gate.Open();
        Assert.Equal(3, await ShownAsync(late));
        await AssertAllReturnedAsync();
    }

    [Fact]
    public async Task A_canceled_request_does_not_affect_others_of_the_shared_page()
    {
        using var canceled = new CancellationTokenSource();
        await FillBothSlotsAsync();
        var stays = Ask();
        var leaves = Ask(cancellationToken: canceled.Token);
        var staysToo = Ask();

        await canceled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaves.WaitAsync(Deadline));
        _gate.Open();

        Assert.Equal(3, await ShownAsync(stays));
        Assert.Equal(3, await ShownAsync(staysToo));
        await AssertAllReturnedAsync();
    }

    [Fact]
    public async Task A_page_whose_requests_are_all_canceled_is_not_rendered()
    {
        using var canceled = new CancellationTokenSource();
        await FillBothSlotsAsync();
        var leaves = Ask(cancellationToken: canceled.Token);
        var leavesToo = Ask(cancellationToken: canceled.Token);
        await canceled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaves.WaitAsync(Deadline));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leavesToo.WaitAsync(Deadline));

        _gate.Open();

        Assert.Equal(3, await ShownAsync(Ask()));
        await AssertAllReturnedAsync();
    }

    [Fact]
    public async Task Cancellation_during_rendering_returns_all_memory()
    {
        using var canceled = new CancellationTokenSource();
        var leaves = Ask(cancellationToken: canceled.Token);
        await _gate.EnteredAsync();
        await canceled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaves.WaitAsync(Deadline));
        Assert.NotEqual(0, _pool.Out);

        _gate.Open();

        await AssertAllReturnedAsync();
    }

    [Fact]
    public async Task A_request_canceled_in_advance_renders_nothing()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Ask(cancellationToken: new(canceled: true)));

        Assert.Equal(0, _gate.Renderings);
    }

    [Fact]
    public async Task A_failed_rendering_throws_to_all_that_share_it_and_frees_its_slot()
    {
        await FillBothSlotsAsync();
        var one = Ask();
        var two = Ask();
        _pool.IsEmpty = true;
        _gate.Open();
        await Assert.ThrowsAsync<InvalidOperationException>(() => one.WaitAsync(Deadline));
        await Assert.ThrowsAsync<InvalidOperationException>(() => two.WaitAsync(Deadline));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Ask().WaitAsync(Deadline));

        _pool.IsEmpty = false;

        Assert.Equal(3, await ShownAsync(Ask()));
        await AssertAllReturnedAsync();
    }

    private Task<PrometheusPage?> Ask(
        string? accept = null,
        string? acceptEncoding = null,
        CancellationToken cancellationToken = default
    ) => _metrics.RenderAsync(accept, acceptEncoding, cancellationToken).AsTask();

    /// <summary>Starts two renderings that hang until the gate opens and disposes their pages at once.</summary>
    private async Task FillBothSlotsAsync()
    {
        for (var i = 0; i < 2; i++)
        {
            _ = DisposeAllAsync(Ask());
            await _gate.EnteredAsync();
        }
    }

    private static async Task<double> ShownAsync(Task<PrometheusPage?> asked) => ScrapeGate.RenderingOf(await PageOfAsync(asked));

    private static async Task<Page> PageOfAsync(Task<PrometheusPage?> asked)
    {
        using var page = await asked.WaitAsync(Deadline);
        Assert.NotNull(page);
        using var bytes = new MemoryStream();
        await page.CopyToAsync(bytes);
        Assert.Equal(page.Length, bytes.Length);
        return Page.Parse(bytes.ToArray());
    }

    private static async Task DisposeAllAsync(params Task<PrometheusPage?>[] asked)
    {
        foreach (var page in asked)
        {
            (await page.WaitAsync(Deadline))!.Dispose();
        }
    }

    private async Task AssertAllReturnedAsync()
    {
        await ScrapeWaiting.UntilAsync(() => _pool.Out == 0, "the return of all memory");
        Assert.Equal(0, _pool.UnknownReturns);
    }
}
