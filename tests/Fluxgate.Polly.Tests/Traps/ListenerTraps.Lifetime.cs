using System.Runtime.CompilerServices;
using Polly;
using Polly.CircuitBreaker;

namespace Fluxgate;

/// <content>Objects that live too long: breakers, timers, exceptions, stack traces.</content>
public sealed partial class ListenerTraps
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void L9_A_dropped_breaker_is_collected_with_its_listeners_and_timer(bool virtualTime)
    {
        var time = virtualTime ? new VirtualTime() : TimeProvider.System;
        var lasting = new WeakListener();
        var remains = DropBreaker(time, lasting);

        Assert.Equal(3, lasting.Received);
        Assert.All(remains, Collected);
        Assert.False(lasting.IsAttached);
        if (time is VirtualTime clock)
        {
            Assert.Equal(1, clock.ArmedTimers);
            clock.Advance(TimeSpan.FromHours(1));
            Assert.Equal(0, clock.ArmedTimers);
        }
    }

    [Fact]
    public void L9_A_timer_of_the_system_ends_with_a_dropped_breaker()
    {
        var time = new SystemTimers();
        Assert.All(DropBreaker(time, new WeakListener()), Collected);
        Collected(Assert.Single(time.Timers));
    }

    [Fact]
    public void L9_A_dropped_pipeline_and_its_breaker_are_collected()
    {
        var listener = new WeakListener();
        DropPipeline(listener);
        Assert.True(SpinUntilCollected(() => !listener.IsAttached), "Something keeps the breaker alive.");
    }

    [Fact]
    public void L9_A_disposed_breaker_has_no_timer_and_continues_to_decide()
    {
        var world = TimedWorld();
        world.Fail(2);
        Assert.Equal(1, world.Time.ArmedTimers);
        world.Breaker.Dispose();
        Assert.Equal(0, world.Time.ArmedTimers);

        world.Time.Advance(TwoFailures.Break);
        Assert.Equal(BreakerState.Open, world.State);
        world.Succeed();
        world.AwaitProbe();
        Assert.Equal((BreakerState.Open, 0), (world.State, world.Time.ArmedTimers));
        Assert.Single(world.Signals);
    }

    [Fact]
    public async Task L10_The_breaking_exception_is_collected_while_the_circuit_is_open()
    {
        var world = TwoFailures.World();
        var calls = world.Calls();
        await calls.Fail();
        var breaking = await FailWithAnException(calls);
        Assert.Equal(BreakerState.Open, world.State);
        var rejection = (await calls.Succeed()).Exception;
        var snapshot = world.Now;
        Collected(breaking);
        Assert.Null(rejection!.InnerException);

        world.Time.Advance(TwoFailures.Break);
        var reopening = await FailWithAnException(calls);
        Assert.Equal((BreakerState.Open, 1), (world.State, world.Now.Reopens));
        world.Time.Advance(TwoFailures.Break);
        await calls.Succeed();
        Assert.Equal(BreakerState.Closed, world.State);
        Collected(reopening);

        GC.KeepAlive(snapshot);
        GC.KeepAlive(rejection);
        GC.KeepAlive(world);
        GC.KeepAlive(calls);
    }

    [Fact]
    public async Task L10_Polly_keeps_the_breaking_exception_after_recovery()
    {
        var polly = new PollyWorld();
        await polly.Calls.Fail();
        var breaking = await FailWithAnException(polly.Calls);
        Assert.Same(breaking.Target, (await polly.Rejects()).InnerException);
        polly.Wait(5);
        await polly.Calls.Succeed();

        Assert.False(SpinCollecting(breaking, times: 5));
        GC.KeepAlive(polly);
    }

    [Fact]
    public async Task L11_Each_rejection_is_a_new_exception_with_a_constant_stack_trace()
    {
        var world = TwoFailures.World();
        world.Fail(2);
        var pipeline = new ResiliencePipelineBuilder().AddFluxgateBreaker(world.Breaker).Build();
        List<CallNotPermittedException> rejections = [];
        for (var call = 0; call < 100; call++)
        {
            rejections.Add(await Assert.ThrowsAsync<CallNotPermittedException>(async () => await pipeline.ExecuteAsync(_ => default)));
        }

        Assert.Equal(100, rejections.Distinct().Count());
        Assert.All(rejections, rejection => Assert.InRange(rejection.StackTrace!.Length, 1, rejections[0].StackTrace!.Length));
    }

    [Fact]
    public void L11_Each_rejection_without_a_pipeline_is_a_new_exception()
    {
        var world = TwoFailures.World();
        world.Breaker.ForceOpen();
        var rejections = Enumerable.Range(0, 100).Select(_ => Assert.Throws<CallNotPermittedException>(world.Breaker.Admit)).ToList();

        Assert.Equal(100, rejections.Distinct().Count());
        Assert.All(rejections, rejection => Assert.InRange(rejection.StackTrace!.Length, 1, rejections[0].StackTrace!.Length));
    }

    // Earlier versions threw one instance repeatedly (Polly#1877); 8.9.1 creates one for each rejection, around the breaking exception.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task L11_Polly_8_9_1_also_creates_an_exception_for_each_rejection(bool isolated)
    {
        var polly = new PollyWorld();
        await polly.Open();
        if (isolated)
        {
            await polly.Manual.IsolateAsync();
        }

        List<BrokenCircuitException> rejections = [];
        for (var call = 0; call < 100; call++)
        {
            // Thrown as Polly's Execute methods throw the outcome of a call.
            var outcome = await polly.Calls.Succeed();
            rejections.Add(Assert.ThrowsAny<BrokenCircuitException>(outcome.ThrowIfException));
        }

        Assert.Equal(100, rejections.Distinct().Count());
        Assert.All(rejections, rejection => Assert.InRange(rejection.StackTrace!.Length, 1, rejections[0].StackTrace!.Length));
        var inner = Assert.Single(rejections.Select(rejection => rejection.InnerException).Distinct());
        Assert.Equal(isolated ? null : typeof(IOException), inner?.GetType());
    }

    /// <summary>Creates a breaker with an armed timer, listeners of all kinds and a call in flight, and keeps no reference to it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference[] DropBreaker(TimeProvider time, WeakListener lasting)
    {
        var settings = TwoFailures.Settings();
        settings.BreakDuration = BreakDuration.Fixed(TimeSpan.FromMinutes(10));
        settings.ProbeWithoutTraffic = true;
        var own = new WeakListener();
        settings.Listeners = new ListenerCollection { lasting, own, (_, _) => default };
        var breaker = new FluxgateBreaker("payments", settings, time);
        breaker.TryAdmit(out _);
        breaker.Trip();
        breaker.Reset();
        breaker.Trip();
        return [new(breaker), new(own)];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void DropPipeline(WeakListener listener)
    {
        var settings = TwoFailures.Settings();
        settings.ProbeWithoutTraffic = true;
        settings.Listeners.Add(listener);
        var pipeline = new ResiliencePipelineBuilder().AddFluxgateBreaker("payments", settings).Build();
        Assert.Equal(1, pipeline.Execute(() => 1));
        Assert.True(listener.IsAttached);
    }

    private static async Task<WeakReference> FailWithAnException(PipelineCalls calls)
    {
        var call = calls.Begin();
        Assert.True(call.IsAdmitted);
        var error = new IOException("a large object graph");
        var weak = new WeakReference(error);
        var ended = call.Fail(error);
        error = null;
        await ended;

        // Leaves the stack of the thread that ended the call, which references the exception until it unwinds.
        await Task.Yield();
        return weak;
    }

    private static void Collected(WeakReference reference) =>
        Assert.True(SpinUntilCollected(() => !reference.IsAlive), "Something keeps it alive.");

    // A pool thread may reference an object for a moment, until it continues.
    private static bool SpinUntilCollected(Func<bool> gone) =>
        SpinWait.SpinUntil(
            () =>
            {
                CollectAll();
                return gone();
            },
            TimeSpan.FromSeconds(60)
        );

    private static bool SpinCollecting(WeakReference reference, int times)
    {
        for (var i = 0; i < times && reference.IsAlive; i++)
        {
            CollectAll();
        }

        return !reference.IsAlive;
    }

    private static void CollectAll()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }

    /// <summary>References its breaker weakly, as listeners that outlive breakers must.</summary>
    private sealed class WeakListener : ICircuitListener
    {
        private WeakReference<FluxgateBreaker>? _breaker;

        public int Received { get; private set; }

        public bool IsAttached => _breaker!.TryGetTarget(out _);

        public void OnAttached(FluxgateBreaker breaker) => _breaker = new(breaker);

        public void OnSignal(Signal signal) => Received++;
    }

    /// <summary>Timers of the system, each with a weak reference.</summary>
    private sealed class SystemTimers : TimeProvider
    {
        public List<WeakReference> Timers { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = System.CreateTimer(callback, state, dueTime, period);
            Timers.Add(new(timer));
            return timer;
        }
    }
}
