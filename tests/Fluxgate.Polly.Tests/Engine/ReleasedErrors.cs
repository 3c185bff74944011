using System.Runtime.CompilerServices;
using static Fluxgate.Broken;

namespace Fluxgate;

/// <summary>An event that every listener has received is released: an exception may reference a large object graph.</summary>
public sealed class ReleasedErrors
{
    private readonly VirtualTime _time = new();
    private readonly Func<WeakReference> _fail;
    private WeakReference? _thrown;

    public ReleasedErrors() => _fail = Fail;

    [Fact]
    public void An_error_is_collected_when_its_listener_has_received_it()
    {
        var listener = new Counting();
        var breaker = Breaker(listener);

        var error = FailElsewhere(breaker);

        Assert.Equal(1, listener.Notices);
        AssertCollected(error);
        GC.KeepAlive(breaker);
    }

    [Fact]
    public void An_error_is_collected_after_the_last_of_two_listeners_received_it()
    {
        var (quick, slow) = (new Counting(), new Counting());
        using var hung = new Hung(slow);
        var breaker = Breaker(quick, slow);
        hung.Begin(breaker);
        var error = FailElsewhere(breaker);

        Assert.Equal((1, 0), (quick.Notices, slow.Notices));
        Assert.False(IsCollected(error), "The slow listener has not received it.");
        hung.End();

        Assert.Equal((1, 1), (quick.Notices, slow.Notices));
        AssertCollected(error);
        GC.KeepAlive(breaker);
    }

    [Fact]
    public void An_error_is_collected_when_it_is_dropped_for_a_hanging_listener()
    {
        var (quick, slow) = (new Counting(), new Counting());
        using var hung = new Hung(slow);
        var breaker = Breaker(quick, slow);
        hung.Begin(breaker);
        var error = FailElsewhere(breaker);

        // The backlog is full, so the error is dropped.
        for (var i = 0; i < FluxgateDefaults.MostSignalsWaiting; i++)
        {
            _ = breaker.State == BreakerState.Open ? breaker.Reset() : breaker.Trip();
        }

        Assert.Equal((1, 0), (quick.Notices, slow.Notices));
        AssertCollected(error);
        hung.End();
        GC.KeepAlive(breaker);
    }

    [Fact]
    public async Task An_error_is_collected_when_disposal_stops_waiting_for_a_listener()
    {
        var slow = new Counting();
        using var hung = new Hung(slow);
        var breaker = Breaker(slow);
        hung.Begin(breaker);
        var error = FailElsewhere(breaker);

        var disposal = breaker.DisposeAsync().AsTask();
        _time.Advance(FluxgateDefaults.ListenerFlushTimeout);
        await disposal;

        Assert.Equal(0, slow.Notices);
        AssertCollected(error);
        hung.End();
        GC.KeepAlive(breaker);
    }

    private FluxgateBreaker Breaker(params ReadOnlySpan<Counting> listeners)
    {
        var settings = new FluxgateBreakerSettings { Tripper = new OwnTripper(() => _fail() is null) };
        foreach (var listener in listeners)
        {
            settings.Listeners.Add(listener);
        }

        return new("payments", settings, _time);
    }

    /// <summary>Makes the rule throw, on a thread whose stack no longer exists when this returns.</summary>
    private WeakReference FailElsewhere(FluxgateBreaker breaker)
    {
        Deadline.Run(() =>
        {
            breaker.Reset();
            breaker.Admit().Settle(Verdict.Success);
        });
        return _thrown!;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference Fail()
    {
        var error = new NotSupportedException();
        _thrown = new(error);
        throw error;
    }

    private static void AssertCollected(WeakReference error) => Assert.True(IsCollected(error), "Something keeps the error alive.");

    private static bool IsCollected(WeakReference error)
    {
        for (var i = 0; i < 10 && error.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return !error.IsAlive;
    }

    /// <summary>Counts notices, and keeps none.</summary>
    private sealed class Counting : ICircuitListener
    {
        public int Notices { get; private set; }

        public Action? AtFirstSignal { get; set; }

        public void OnSignal(Signal signal)
        {
            var action = AtFirstSignal;
            AtFirstSignal = null;
            action?.Invoke();
        }

        public void OnNotice(Notice notice) => Notices++;
    }

    /// <summary>A listener that hangs in its first signal, on its own thread.</summary>
    private sealed class Hung : IDisposable
    {
        private readonly ManualResetEventSlim _entered = new();
        private readonly ManualResetEventSlim _gate = new();
        private Deadline.Running? _delivery;

        public Hung(Counting listener) =>
            listener.AtFirstSignal = () =>
            {
                _entered.Set();
                _gate.Wait();
            };

        public void Begin(FluxgateBreaker breaker)
        {
            _delivery = Deadline.Start(() => breaker.Trip());
            Deadline.Await(_entered);
        }

        public void End()
        {
            _gate.Set();
            _delivery!.End();
        }

        public void Dispose()
        {
            _gate.Set();
            _entered.Dispose();
            _gate.Dispose();
        }
    }
}
