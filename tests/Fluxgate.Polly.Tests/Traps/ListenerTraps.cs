using Polly.CircuitBreaker;

namespace Fluxgate;

/// <summary>Listeners and other user code that throw, call back or are slow.</summary>
public sealed partial class ListenerTraps
{
    [Fact]
    public async Task L1_A_listener_that_throws_changes_no_outcome()
    {
        var settings = TwoFailures.Settings();
        settings.Listeners.Add((Signal _) => throw new FormatException("the listener failed"));
        var world = new World(settings);
        var calls = world.Calls();

        await calls.Fail();
        Assert.IsType<IOException>((await calls.Fail()).Exception);
        Assert.Equal(BreakerState.Open, world.State);
        Assert.IsType<CallNotPermittedException>((await calls.Succeed()).Exception);
        world.Time.Advance(TwoFailures.Break);
        Assert.Equal("fine", (await calls.Succeed()).Result);

        Assert.Equal((BreakerState.Closed, 3), (world.State, world.Now.UserErrors(UserErrorSource.Listener)));
        Assert.All(world.Notices, notice => Assert.IsType<FormatException>(Assert.IsType<UserErrorNotice>(notice).Error));
    }

    [Fact]
    public void L1_A_manual_call_does_not_throw_when_a_listener_throws()
    {
        var settings = TwoFailures.Settings();
        settings.Listeners.Add((Signal _) => throw new FormatException("the listener failed"));
        var world = new World(settings);

        Assert.NotNull(world.Breaker.ForceOpen());
        Assert.NotNull(world.Breaker.Reset());
        Assert.Equal(2, world.Now.UserErrors(UserErrorSource.Listener));
    }

    [Fact]
    public async Task L1_Polly_throws_the_exception_of_the_callback_to_the_caller()
    {
        var polly = new PollyWorld(options =>
        {
            options.OnOpened = _ => throw new FormatException("opened");
            options.OnClosed = _ => throw new FormatException("closed");
        });
        await polly.Calls.Fail();

        Assert.Equal("opened", Assert.IsType<FormatException>((await polly.Calls.Fail()).Exception).Message);
        polly.Wait(5);
        Assert.Equal("closed", Assert.IsType<FormatException>((await polly.Calls.Succeed()).Exception).Message);
    }

    [Fact]
    public void L2_A_listener_that_throws_does_not_affect_other_listeners()
    {
        var (before, after, later) = (new List<Signal>(), new List<Signal>(), new List<Signal>());
        var settings = TwoFailures.Settings();
        settings.Listeners = new ListenerCollection
        {
            before.Add,
            (Signal _) => throw new FormatException("the listener failed"),
            after.Add,
            (_, _) => throw new FormatException("the asynchronous listener failed"),
            (signal, _) =>
            {
                later.Add(signal);
                return default;
            },
        };
        var world = new World(settings);
        world.AwaitProbe();
        world.Succeed();
        Deadline.Run(world.Breaker.Dispose);

        Assert.Equal([BreakerState.Open, BreakerState.HalfOpen, BreakerState.Closed], world.Signals.Select(signal => signal.NewState));
        Assert.Equal(world.Signals, before);
        Assert.Equal(world.Signals, after);
        Assert.Equal(world.Signals, later);
        Assert.Equal(6, world.Now.UserErrors(UserErrorSource.Listener));
    }

    [Fact]
    public void L2_A_listener_that_throws_in_OnAttached_or_OnNotice_gets_signals()
    {
        var throwing = new ThrowingListener();
        var settings = TwoFailures.Settings();
        settings.Listeners.Add(throwing);
        var world = new World(settings);
        world.Breaker.MetricsOnly();
        world.Fail(2);
        world.Breaker.Reset();

        Assert.Equal(1, world.Now.WouldTrips);
        Assert.Equal(2, throwing.Signals);
        Assert.Single(world.Notices.OfType<WouldTripNotice>());
    }

    public static TheoryData<string> Callbacks =>
        ["Reset", "Trip", "Probe", "ForceOpen", "Disable", "MetricsOnly", "Call", "Snapshot", "Dispose"];

    [Theory]
    [MemberData(nameof(Callbacks))]
    public void L3_A_listener_can_call_back_into_its_breaker(string callback)
    {
        World? world = null;
        var called = 0;
        var settings = TwoFailures.Settings();
        settings.Listeners.Add(
            (Signal signal) =>
            {
                if (signal.SequenceNumber == 1)
                {
                    called++;
                    CallBack(world!.Breaker, callback);
                }
            }
        );
        world = new(settings);
        Deadline.Run(() => world.Fail(2));

        Assert.Equal((1, 0), (called, world.Now.UserErrors(UserErrorSource.Listener)));
        Assert.Equal(world.Now.SignalCount, world.Signals.Count);
        Assert.Equal(
            callback switch
            {
                "Reset" => BreakerState.Closed,
                "Probe" => BreakerState.HalfOpen,
                "ForceOpen" => BreakerState.ForcedOpen,
                "Disable" => BreakerState.Disabled,
                "MetricsOnly" => BreakerState.MetricsOnly,
                _ => BreakerState.Open,
            },
            world.State
        );
    }

    [Fact]
    public async Task L3_Polly_deadlocks_when_OnOpened_closes_the_circuit()
    {
        var polly = new PollyWorld(options => options.OnClosed = _ => default);
        var locked = new PollyWorld(options =>
        {
            options.OnClosed = _ => default;
            options.OnOpened = async _ => await options.ManualControl!.CloseAsync();
        });
        await polly.Open();
        await polly.Manual.CloseAsync();
        await locked.Calls.Fail();

        await Assert.ThrowsAsync<TimeoutException>(() => locked.Calls.Fail().WaitAsync(TimeSpan.FromMilliseconds(300)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(null)]
    public async Task L5_An_invalid_break_duration_opens_for_the_default_duration(int? answer)
    {
        var settings = TwoFailures.Settings();
        settings.BreakDuration = new FailingBreak(answer);
        var world = new World(settings);
        var calls = world.Calls();
        await calls.Fail();

        Assert.IsType<IOException>((await calls.Fail()).Exception);
        Assert.Equal(
            (BreakerState.Open, TimeSpan.FromSeconds(60), 1),
            (world.State, world.Now.RetryAfter, world.Now.UserErrors(UserErrorSource.BreakDuration))
        );
        world.Wait(60);
        await calls.Fail();
        Assert.Equal((BreakerState.Open, 1), (world.State, world.Now.Reopens));
    }

    [Fact]
    public async Task L5_Polly_never_opens_and_throws_the_exception_of_the_generator()
    {
        var polly = new PollyWorld(options => options.BreakDurationGenerator = _ => throw new FormatException("the generator failed"));
        await polly.Calls.Fail();
        for (var call = 0; call < 100; call++)
        {
            Assert.IsType<FormatException>((await polly.Calls.Fail()).Exception);
        }

        Assert.Equal(CircuitState.Closed, polly.State);
    }

    private static void CallBack(FluxgateBreaker breaker, string callback)
    {
        switch (callback)
        {
            case "Reset":
                Assert.NotNull(breaker.Reset());
                break;
            case "Trip":
                Assert.Null(breaker.Trip());
                break;
            case "Probe":
                Assert.NotNull(breaker.Probe());
                break;
            case "ForceOpen":
                Assert.NotNull(breaker.ForceOpen());
                break;
            case "Disable":
                Assert.NotNull(breaker.Disable());
                break;
            case "MetricsOnly":
                Assert.NotNull(breaker.MetricsOnly());
                break;
            case "Call":
                Assert.Throws<CallNotPermittedException>(breaker.Admit);
                break;
            case "Snapshot":
                Assert.Equal((BreakerState.Open, 2), (breaker.Snapshot().State, breaker.Snapshot().Failures));
                break;
            default:
                breaker.Dispose();
                break;
        }
    }

    private sealed class FailingBreak(int? seconds) : BreakDuration
    {
        public override TimeSpan Next(in BreakDurationContext context) =>
            seconds is { } answer ? TimeSpan.FromSeconds(answer) : throw new FormatException("the break duration failed");
    }

    private sealed class ThrowingListener : ICircuitListener
    {
        public int Signals { get; private set; }

        public void OnAttached(FluxgateBreaker breaker) => throw new FormatException("attached");

        public void OnNotice(Notice notice) => throw new FormatException("noticed");

        public void OnSignal(Signal signal) => Signals++;
    }
}
