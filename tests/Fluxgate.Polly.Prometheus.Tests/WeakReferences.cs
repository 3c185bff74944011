using System.Runtime.CompilerServices;

namespace Fluxgate;

public sealed class WeakReferences
{
    private readonly PrometheusMetrics _metrics = new();
    private readonly PrometheusListener _listener;

    public WeakReferences() => _listener = new(_metrics);

    [Fact]
    public void An_unreferenced_breaker_is_collected_and_removed_from_the_page()
    {
        var kept = new FluxgateBreaker("orders", new() { Listeners = { _listener } });
        var gone = MakeAndDrop("payments", trips: 1, look: () => Assert.Equal(["orders", "payments"], Page.Of(_metrics).Circuits));

        Collect();

        Assert.Equal(["orders"], Page.Of(_metrics).Circuits);
        GC.KeepAlive(kept);
        AssertCollected(gone);
    }

    [Fact]
    public void A_name_whose_breaker_was_collected_starts_at_zero()
    {
        MakeAndDrop("payments", trips: 3);
        Collect();
        var kept = new FluxgateBreaker("payments", new() { Listeners = { _listener } });

        Assert.Equal(0, Page.Of(_metrics).Transitions("payments", "closed", "open"));
        GC.KeepAlive(kept);
    }

    [Fact]
    public void M5_the_counts_of_a_collected_breaker_stay_with_its_name()
    {
        var gone = MakeAndDrop("payments", trips: 3);
        var kept = new FluxgateBreaker("payments", new() { Listeners = { _listener } });
        kept.Trip();

        for (var i = 0; i < 20; i++)
        {
            GC.Collect();
            Assert.Equal(4, Page.Of(_metrics).Transitions("payments", "closed", "open"));
        }

        AssertCollected(gone);
        Assert.Equal(4, Page.Of(_metrics).Transitions("payments", "closed", "open"));
        Assert.Equal(["open"], Page.Of(_metrics).CurrentStates("payments"));
        GC.KeepAlive(kept);
    }

    [Fact]
    public void A_pipeline_reloaded_a_thousand_times_keeps_its_counts_only()
    {
        var breakers = new List<WeakReference>();
        var kept = new FluxgateBreaker("payments", new() { Listeners = { _listener } });
        for (var i = 0; i < 1000; i++)
        {
            breakers.Add(MakeAndDrop("payments", trips: 1, dispose: i % 2 == 0));
        }

        breakers.ForEach(AssertCollected);

        Assert.Equal(1000, Page.Of(_metrics).Transitions("payments", "closed", "open"));
        GC.KeepAlive(kept);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void M6_breakers_of_one_name_show_only_the_newest_thresholds(bool dispose)
    {
        var oldest = SlowBreaker(TimeSpan.FromSeconds(99));
        for (var i = 1; i <= 20; i++)
        {
            // Short, because the timer of calls in flight holds a breaker until the threshold has passed.
            AssertCollected(MakeSlowAndDrop(TimeSpan.FromMilliseconds(i), dispose));
        }

        var newest = SlowBreaker(TimeSpan.FromMilliseconds(20));
        Settle(oldest);
        Settle(newest);

        var page = Page.Of(_metrics);
        var slow = page.All.Where(series => series.Name is "circuit_breaker_slow_total");
        Assert.Equal(("0.02", 2), Assert.Single(slow) is var only ? (only.Labels["threshold"], only.Value) : default);
        Assert.Equal(22, page["circuit_breaker_requests_total{circuit_name=\"payments\"}"]);
        GC.KeepAlive((oldest, newest));
    }

    [Fact]
    public void A_breaker_references_its_page_but_a_page_references_no_breaker()
    {
        var kept = new FluxgateBreaker("payments", new() { Listeners = { new PrometheusListener(_metrics) } });

        Collect();

        Assert.Equal(["payments"], Page.Of(_metrics).Circuits);
        GC.KeepAlive(kept);
    }

    /// <summary>Not inlined, since the caller's stack frame might keep the breaker alive.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference MakeAndDrop(string name, int trips, bool dispose = false, Action? look = null)
    {
        var breaker = new FluxgateBreaker(name, new() { Listeners = { _listener } });
        for (var i = 0; i < trips; i++)
        {
            breaker.Trip();
            breaker.Reset();
        }

        if (dispose)
        {
            breaker.Dispose();
        }

        look?.Invoke();
        GC.KeepAlive(breaker);
        return new(breaker, trackResurrection: true);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference MakeSlowAndDrop(TimeSpan threshold, bool dispose)
    {
        var breaker = SlowBreaker(threshold);
        Settle(breaker);
        if (dispose)
        {
            breaker.Dispose();
        }

        GC.KeepAlive(breaker);
        return new(breaker, trackResurrection: true);
    }

    private FluxgateBreaker SlowBreaker(TimeSpan threshold) =>
        new("payments", new() { Tripper = Tripper.SlowRate(1, threshold) & Tripper.MinRequests(50), Listeners = { _listener } });

    private static void Settle(FluxgateBreaker breaker) => breaker.Settle(breaker.Admit(), Verdict.Success, TimeSpan.FromMinutes(1));

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    /// <summary>Finalization runs on the thread pool: collects as often as needed, with a deadline that only prevents hanging.</summary>
    private static void AssertCollected(WeakReference breaker)
    {
        Assert.True(
            SpinWait.SpinUntil(
                () =>
                {
                    Collect();
                    return !breaker.IsAlive;
                },
                TimeSpan.FromSeconds(60)
            ),
            "The breaker is still referenced."
        );
    }
}
