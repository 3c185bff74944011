using Polly.CircuitBreaker;
using Polly.Telemetry;

namespace Fluxgate;

/// <content>Slow listeners. Gates instead of waiting: a call that completes while a gate is closed is not delayed by it.</content>
public sealed partial class ListenerTraps
{
    [Fact]
    public void L4_A_slow_listener_delays_no_unrelated_call()
    {
        using var entered = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        var received = new List<BreakerState>();
        var settings = TwoFailures.Settings();
        settings.Listeners.Add(
            (Signal signal) =>
            {
                entered.Set();
                gate.Wait();
                received.Add(signal.NewState);
            }
        );
        var world = new World(settings);
        var tripping = Deadline.Start(() => world.Fail(2));
        Deadline.Await(entered);

        Deadline.Run(() =>
        {
            Assert.Equal(BreakerState.Open, world.State);
            world.Rejects();
            world.Time.Advance(TwoFailures.Break);
            world.Succeed();
            Assert.Equal((BreakerState.Closed, 3), (world.Now.State, world.Now.Requests));
            world.Breaker.ForceOpen();
            world.Breaker.Reset();
            world.Fail(2);
        });
        Assert.Empty(received);
        Assert.False(tripping.IsOver);

        gate.Set();
        tripping.End();
        Deadline.Run(world.Breaker.Dispose);
        BreakerState[] all =
        [
            BreakerState.Open,
            BreakerState.HalfOpen,
            BreakerState.Closed,
            BreakerState.ForcedOpen,
            BreakerState.Closed,
            BreakerState.Open,
        ];
        Assert.Equal(all, received);
        Assert.Equal(all, world.Signals.Select(signal => signal.NewState));
    }

    [Fact]
    public void L4_A_slow_asynchronous_listener_does_not_delay_the_tripping_call()
    {
        using var gate = new ManualResetEventSlim();
        var patience = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var received = 0;
        var settings = TwoFailures.Settings();
        settings.Listeners.Add(
            async (_, _) =>
            {
                gate.Wait(CancellationToken.None);
                await patience.Task;
                received++;
            }
        );
        var world = new World(settings);

        Deadline.Run(() =>
        {
            world.AwaitProbe();
            world.Succeed();
        });
        Assert.Equal((BreakerState.Closed, 0), (world.State, received));

        gate.Set();
        patience.SetResult();
        Deadline.Run(world.Breaker.Dispose);
        Assert.Equal(3, received);
    }

    [Fact]
    public void L4_A_slow_break_duration_delays_no_unrelated_call()
    {
        using var entered = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        var settings = TwoFailures.Settings();
        settings.BreakDuration = new SlowBreak(entered, gate);
        var world = new World(settings);
        var tripping = Deadline.Start(() => world.Fail(2));
        Deadline.Await(entered);

        Deadline.Run(() =>
        {
            world.Succeed(3);
            Assert.Equal(BreakerState.Closed, world.State);
        });
        Assert.False(tripping.IsOver);

        gate.Set();
        tripping.End();
        Assert.Equal(BreakerState.Open, world.State);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void L4_A_break_duration_that_hangs_blocks_only_its_own_call(bool textHangs)
    {
        using var entered = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        var settings = TwoFailures.Settings();
        settings.BreakDuration = new SlowBreak(entered, gate, textHangs);
        var world = new World(settings);
        var hanging = Deadline.Start(() => world.Fail(2));
        Deadline.Await(entered);

        Deadline.Run(() =>
        {
            world.Wait(0.9);
            world.Fail();
            Assert.Equal(BreakerState.Closed, world.State);

            world.Wait(0.1);
            world.Fail();
            Assert.Equal((BreakerState.Open, TimeSpan.FromSeconds(60)), (world.State, world.Now.RetryAfter));
        });
        Assert.False(hanging.IsOver);

        gate.Set();
        hanging.End();
        Assert.Equal((BreakerState.Open, TimeSpan.FromSeconds(60)), (world.State, world.Now.RetryAfter));
        Assert.Equal(1, world.Now.UserErrors(UserErrorSource.BreakDuration));
    }

    [Fact]
    public async Task L4_Pollys_slow_OnOpened_delays_the_tripping_call_and_a_probe()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var polly = new PollyWorld(options =>
        {
            options.OnHalfOpened = _ => default;
            options.OnOpened = async _ =>
            {
                entered.SetResult();
                await gate.Task;
            };
        });
        await polly.Calls.Fail();
        var tripping = polly.Calls.Fail();
        await entered.Task;
        polly.Wait(5);
        var probe = polly.Calls.Begin();
        Assert.Equal(CircuitState.HalfOpen, polly.State);

        // Neither can continue before the gate opens, however long the test waits.
        Assert.Equal((false, false), (tripping.IsCompleted, probe.IsAdmitted));
        gate.SetResult();
        Assert.IsType<IOException>((await tripping).Exception);
        Assert.Equal("fine", (await probe.Succeed()).Result);
    }

    [Fact]
    public async Task L4_Polly_runs_telemetry_listeners_under_its_lock()
    {
        PollyWorld? polly = null;
        Deadline.Running? unrelated = null;
        var passed = true;
        var telemetry = new Telemetry(name =>
        {
            if (name is "OnCircuitOpened")
            {
                unrelated = Deadline.Start(() => _ = polly!.State);
                unrelated.EndsOrBlocks();
                passed = unrelated.IsOver;
            }
        });
        polly = new(telemetry: telemetry);
        await polly.Open();

        unrelated!.End();
        Assert.False(passed);
    }

    private sealed class SlowBreak(ManualResetEventSlim entered, ManualResetEventSlim gate, bool textHangs = false) : BreakDuration
    {
        public override TimeSpan Next(in BreakDurationContext context)
        {
            entered.Set();
            gate.Wait();
            return TwoFailures.Break;
        }

        public override string ToString()
        {
            if (textHangs)
            {
                gate.Wait();
            }

            return nameof(SlowBreak);
        }
    }

    private sealed class Telemetry(Action<string> onEvent) : TelemetryListener
    {
        public override void Write<TResult, TArgs>(in TelemetryEventArguments<TResult, TArgs> args) => onEvent(args.Event.EventName);
    }
}
