namespace Fluxgate;

public sealed class LateAttachment
{
    private readonly VirtualTime _time = new();
    private readonly List<string> _log = [];

    [Fact]
    public void Listeners_are_not_called_before_they_are_attached()
    {
        var breaker = Breaker(new());

        breaker.Trip();

        Assert.Empty(_log);
        Assert.Equal(BreakerState.Open, breaker.State);
    }

    [Fact]
    public void Earlier_signals_are_delivered_after_OnAttached_in_order()
    {
        var breaker = Breaker(new());
        breaker.Trip();
        breaker.Reset();

        breaker.Attach();

        Assert.Equal(["attached", "open", "closed"], _log);
    }

    [Fact]
    public void Listeners_are_attached_once()
    {
        var breaker = Breaker(new());

        breaker.Attach();
        breaker.Attach();

        Assert.Equal(["attached"], _log);
    }

    [Fact]
    public void A_breaker_disposed_before_attachment_calls_no_listener()
    {
        var breaker = Breaker(new());
        breaker.Trip();

        breaker.Dispose();
        breaker.Attach();

        Assert.Empty(_log);
    }

    [Fact]
    public void A_break_from_before_attachment_ends_without_traffic()
    {
        var breaker = Breaker(new() { ProbeWithoutTraffic = true, BreakDuration = BreakDuration.Fixed(TimeSpan.FromSeconds(5)) });
        breaker.Trip();

        breaker.Attach();
        _time.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal(["attached", "open", "half_open"], _log);
    }

    [Fact]
    public void The_timer_of_an_initial_break_starts_when_listeners_are_attached()
    {
        var breaker = Breaker(
            new()
            {
                InitialState = BreakerState.Open,
                ProbeWithoutTraffic = true,
                BreakDuration = BreakDuration.Fixed(TimeSpan.FromSeconds(5)),
            }
        );
        Assert.Equal(0, _time.ArmedTimers);

        breaker.Attach();

        Assert.Equal(1, _time.ArmedTimers);
    }

    private FluxgateBreaker Breaker(FluxgateBreakerSettings settings)
    {
        settings.Listeners.Add(new Memory(_log));
        return FluxgateBreaker.CreateUnattached("payments", settings, _time);
    }

    private sealed class Memory(List<string> log) : ICircuitListener
    {
        public void OnAttached(FluxgateBreaker breaker) => log.Add("attached");

        public void OnSignal(Signal signal) => log.Add(signal.NewState.ToLabel());

        public void OnDetached(FluxgateBreaker breaker) => log.Add("detached");
    }
}
