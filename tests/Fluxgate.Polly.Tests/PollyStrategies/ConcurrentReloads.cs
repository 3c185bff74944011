using Polly;

namespace Fluxgate;

/// <summary>Trap L8 under load: a pipeline is rebuilt many times while calls run through it on several threads.</summary>
public sealed class ConcurrentReloads
{
    private const int Callers = 4;
    private const int CallsOfEach = 500;
    private const int CallsAReload = 10;
    private const int Reloads = Callers * CallsOfEach / CallsAReload;

    private readonly VirtualTime _time = new();

    [Fact]
    public async Task L8_a_passed_breaker_loses_no_call_during_many_reloads()
    {
        var breaker = new FluxgateBreaker("payments", new() { Tripper = Never }, _time);

        await ReloadDuringCallsAsync(builder => builder.AddFluxgateBreaker(breaker));

        const long Each = Callers * CallsOfEach / 2;
        Assert.Equal(new(Successes: Each, Failures: Each), CountsOfCalls.Of(breaker));
    }

    [Fact]
    public async Task L8_each_call_ends_in_its_own_outcome_during_many_reloads()
    {
        var (attached, detached) = (0, 0);
        var listener = new Numbers(() => Interlocked.Increment(ref attached), () => Interlocked.Increment(ref detached));

        await ReloadDuringCallsAsync(builder =>
            builder.AddFluxgateBreaker("payments", new() { Tripper = Never, Listeners = { listener } })
        );

        Assert.Equal((Reloads + 1, Reloads + 1), (attached, detached));
    }

    [Fact]
    public async Task L8_many_reloads_and_trips_leave_no_gap_between_signals()
    {
        List<Signal> signals = [];
        var breaker = new FluxgateBreaker(
            "payments",
            new()
            {
                Tripper = Tripper.FailureStreak(1),
                BreakDuration = BreakDuration.None,
                Permit = Permit.All,
                Recovery = Recovery.AfterProbes(2),
                Listeners = { signals.Add },
            },
            _time
        );

        await ReloadDuringCallsAsync(builder => builder.AddFluxgateBreaker(breaker));

        Assert.NotEmpty(signals);
        Assert.Equal(Enumerable.Range(1, signals.Count).Select(number => (long)number), signals.Select(signal => signal.SequenceNumber));
        Assert.All(signals.Zip(signals.Skip(1)), pair => Assert.Equal(pair.First.NewState, pair.Second.OldState));
        var counts = CountsOfCalls.Of(breaker);
        Assert.Equal(Callers * CallsOfEach, counts.Successes + counts.Failures + counts.Rejected);
    }

    private static Tripper Never => Tripper.FailureStreak(FluxgateDefaults.MaxStreak);

    /// <summary>
    /// Half of the calls succeed and half fail, each with its own outcome; any other outcome except a rejection fails the test. Every
    /// tenth call rebuilds the pipeline while it and the calls of the other threads are in flight.
    /// </summary>
    private async Task ReloadDuringCallsAsync(Action<ResiliencePipelineBuilder<string>> configure)
    {
        Inline.Continuations();
        await using var registry = new ReloadingRegistry(configure, _time);
        var pipeline = registry.Pipeline;
        using var start = new Barrier(Callers);
        await Task.WhenAll(
            Enumerable
                .Range(0, Callers)
                .Select(_ =>
                    Task.Factory.StartNew(
                        () =>
                        {
                            start.SignalAndWait();
                            Call(registry, pipeline);
                        },
                        TaskCreationOptions.LongRunning
                    )
                )
        );
        // Polly checks every second whether the calls of a discarded pipeline have ended.
        _time.Advance(ReloadingRegistry.PastPollyReloadTimeout);
    }

    private static void Call(ReloadingRegistry registry, ResiliencePipeline<string> pipeline)
    {
        for (var i = 0; i < CallsOfEach; i++)
        {
            var (number, own) = (i, new IOException());
            try
            {
                Assert.Equal("fine", pipeline.Execute(() => Answer(number, own)));
            }
            catch (IOException error)
            {
                Assert.Same(own, error);
            }
            catch (CallNotPermittedException)
            {
                ReloadAtTimes(number);
            }
        }

        string Answer(int number, IOException own)
        {
            ReloadAtTimes(number);
            return number % 2 == 0 ? "fine" : throw own;
        }

        void ReloadAtTimes(int number)
        {
            if (number % CallsAReload == 0)
            {
                lock (registry)
                {
                    registry.Reload();
                }
            }
        }
    }

    private sealed class Numbers(Action attached, Action detached) : ICircuitListener
    {
        public void OnAttached(FluxgateBreaker breaker) => attached();

        public void OnDetached(FluxgateBreaker breaker) => detached();

        public void OnSignal(Signal signal) { }
    }
}
