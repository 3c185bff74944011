namespace Fluxgate;

public sealed class BreakersOfOneName
{
    private readonly PrometheusMetrics _metrics = new();
    private readonly PrometheusListener _listener;

    public BreakersOfOneName() => _listener = new(_metrics);

    [Fact]
    public void Gauges_show_the_newest_breaker_and_counters_the_sum()
    {
        var (older, newer) = (Payments(), Payments());
        older.Trip();
        older.Reset();
        older.Trip();
        newer.Trip();
        newer.Probe();

        var page = Page.Of(_metrics);

        Assert.Equal(["half_open"], page.CurrentStates("payments"));
        Assert.Equal(3, page.Transitions("payments", "closed", "open"));
        Assert.Equal(1, page.Transitions("payments", "open", "closed"));
        Assert.Equal(1, page.Transitions("payments", "open", "half_open"));
        GC.KeepAlive((older, newer));
    }

    [Fact]
    public void M5_a_reloaded_pipeline_continues_its_counters()
    {
        var before = Payments();
        before.Trip();
        var after = Payments();
        before.Dispose();
        after.Trip();
        after.Reset();

        var page = Page.Of(_metrics);

        Assert.Equal(["closed"], page.CurrentStates("payments"));
        Assert.Equal(2, page.Transitions("payments", "closed", "open"));
        GC.KeepAlive(after);
    }

    [Fact]
    public void A_disposed_breaker_counts_while_another_of_its_name_exists()
    {
        var (before, after) = (Payments(), Payments());
        before.Dispose();
        before.Trip();

        var page = Page.Of(_metrics);

        Assert.Equal(["closed"], page.CurrentStates("payments"));
        Assert.Equal(1, page.Transitions("payments", "closed", "open"));
        GC.KeepAlive(after);
    }

    [Fact]
    public void The_previous_breaker_is_shown_after_the_newest_is_disposed()
    {
        var (older, newer) = (Payments(), Payments());
        older.Trip();
        newer.Dispose();

        Assert.Equal(["open"], Page.Of(_metrics).CurrentStates("payments"));
        GC.KeepAlive(older);
    }

    [Fact]
    public void M5_the_series_of_a_name_are_removed_with_its_last_breaker()
    {
        var (first, second) = (Payments(), Payments());
        var orders = new FluxgateBreaker("orders", new() { Listeners = { _listener } });
        first.Trip();
        first.Dispose();
        second.Dispose();

        Assert.Equal(["orders"], Page.Of(_metrics).Circuits);
        GC.KeepAlive(orders);
    }

    [Fact]
    public void A_name_that_is_used_again_later_starts_at_zero()
    {
        var first = Payments();
        first.Trip();
        first.Dispose();
        var second = Payments();
        first.Reset();

        var page = Page.Of(_metrics);

        Assert.Equal(["closed"], page.CurrentStates("payments"));
        Assert.Equal(0, page.Transitions("payments", "closed", "open"));
        Assert.False(page.Has(Page.TransitionSeries("payments", "open", "closed")));
        GC.KeepAlive(second);
    }

    [Fact]
    public void The_same_listener_twice_on_one_breaker_counts_once()
    {
        var breaker = new FluxgateBreaker("payments", new() { Listeners = { _listener, _listener, new PrometheusListener(_metrics) } });
        breaker.Trip();

        Assert.Equal(1, Page.Of(_metrics).Transitions("payments", "closed", "open"));
        breaker.Dispose();
        Assert.Empty(Page.Of(_metrics).All);
    }

    [Fact]
    public void Two_pages_are_independent()
    {
        var others = new PrometheusMetrics();
        var breaker = Payments();
        var other = new FluxgateBreaker("orders", new() { Listeners = { new PrometheusListener(others) } });

        Assert.Equal(["payments"], Page.Of(_metrics).Circuits);
        Assert.Equal(["orders"], Page.Of(others).Circuits);
        GC.KeepAlive((breaker, other));
    }

    private FluxgateBreaker Payments() => new("payments", new() { Listeners = { _listener } });
}
