using Polly;

namespace Fluxgate;

/// <summary>The engine under test, driven by the same commands as the reference.</summary>
internal sealed class Subject
{
    private readonly World _world;
    private readonly PartFactory _workshop;
    private readonly Lazy<ResiliencePipeline<Ending>> _pipeline;

    public Subject(Plan plan, Faults faults)
    {
        _workshop = new(faults, plan.RandomSource);
        var settings = plan.Build(_workshop);
        settings.Listeners.Add(new RecordingListener(Events, plan.AsksForDurations));
        _world = new(settings);
        _pipeline = new(BuildPipeline);
    }

    /// <summary>Gets what a listener received, one line each.</summary>
    public List<string> Events { get; } = [];

    public FluxgateBreaker Breaker => _world.Breaker;

    public VirtualTime Time => _world.Time;

    /// <summary>Gets the exception with which a pipeline last rejected a call.</summary>
    public CallNotPermittedException? Rejection { get; private set; }

    /// <summary>Starts a call, or returns <see langword="null"/> if it is rejected.</summary>
    public Call? Begin(bool inPipeline)
    {
        if (!inPipeline)
        {
            return Breaker.TryAdmit(out var admission) ? new DirectCall(admission) : null;
        }

        var call = new PipelineCall(_pipeline.Value);
        if (call.IsAdmitted)
        {
            return call;
        }

        Rejection = Assert.IsType<CallNotPermittedException>(call.Outcome.Exception);
        return null;
    }

    public Signal? ByHand(BreakerState to, string reason) =>
        to switch
        {
            BreakerState.Closed => Breaker.Reset(reason),
            BreakerState.Open => Breaker.Trip(reason),
            BreakerState.HalfOpen => Breaker.Probe(reason),
            BreakerState.MetricsOnly => Breaker.MetricsOnly(reason),
            BreakerState.Disabled => Breaker.Disable(reason),
            _ => Breaker.ForceOpen(reason),
        };

    public IReadOnlyList<string> Reconfigure(Plan plan) => Breaker.Reconfigure(plan.Build(_workshop));

    private ResiliencePipeline<Ending> BuildPipeline() =>
        new ResiliencePipelineBuilder<Ending>()
            .AddFluxgateBreaker(
                new FluxgateBreakerOptions<Ending>
                {
                    Breaker = Breaker,
                    ShouldIgnore = arguments =>
                        new(arguments.Outcome is { Exception: null, Result: Ending.IsIgnored or Ending.IsDisposed }),
                    ShouldHandle = arguments =>
                        arguments.Outcome.Result == Ending.PredicateThrows
                            ? throw new InvalidOperationException("The predicate is broken.")
                            : new(arguments.Outcome is { Exception: not null } or { Result: Ending.Fails }),
                }
            )
            .Build();

    /// <summary>A call in flight.</summary>
    public abstract class Call
    {
        public abstract bool IsInPipeline { get; }

        /// <summary>Returns whether the caller passes a duration; it is measured otherwise.</summary>
        public bool AcceptsDuration(Ending ending) => !IsInPipeline && ending is not (Ending.IsDisposed or Ending.IsCanceled);

        /// <summary>Ends the call and returns the signal that this caused, if the caller receives it.</summary>
        public abstract (bool Shown, Signal? AdmissionSignals) End(Ending ending, TimeSpan? duration);
    }

    /// <summary>A call through <see cref="FluxgateBreaker.TryAdmit(out Admission?)"/> and <see cref="Admission.Settle"/>.</summary>
    private sealed class DirectCall(Admission admission) : Call
    {
        public override bool IsInPipeline => false;

        public override (bool Shown, Signal? AdmissionSignals) End(Ending ending, TimeSpan? duration)
        {
            if (ending == Ending.IsCanceled)
            {
                return (true, admission.SettleAbandoned());
            }

            if (ending != Ending.IsDisposed)
            {
                return (true, admission.Settle(Script.VerdictOn(ending), duration));
            }

            admission.Dispose();
            return default;
        }
    }

    /// <summary>A call through a pipeline whose callback completes on request.</summary>
    private sealed class PipelineCall : Call
    {
        private readonly TaskCompletionSource<Outcome<Ending>> _callback = new();
        private readonly Action _giveUp;
        private readonly Task<Outcome<Ending>> _call;

        public PipelineCall(ResiliencePipeline<Ending> pipeline)
        {
            var caller = new CancellationTokenSource();
            _giveUp = caller.Cancel;
            var context = ResilienceContextPool.Shared.Get(caller.Token);
            _call = pipeline
                .ExecuteOutcomeAsync<Ending, PipelineCall>(
                    static (_, call) =>
                    {
                        call.IsAdmitted = true;
                        return new(call._callback.Task);
                    },
                    context,
                    this
                )
                .AsTask();
        }

        public bool IsAdmitted { get; private set; }

        public override bool IsInPipeline => true;

        public Outcome<Ending> Outcome => _call.IsCompletedSuccessfully ? _call.Result : default;

        public override (bool Shown, Signal? AdmissionSignals) End(Ending ending, TimeSpan? duration)
        {
            Exception? thrown = null;
            switch (ending)
            {
                case Ending.Throws:
                    _callback.SetException(thrown = new TimeoutException());
                    break;
                case Ending.IsCanceled:
                    _giveUp();
                    _callback.SetException(thrown = new OperationCanceledException());
                    break;
                default:
                    _callback.SetResult(Polly.Outcome.FromResult(ending));
                    break;
            }

            // The caller gets its own outcome, whatever user code does (8).
            Assert.True(_call.IsCompletedSuccessfully);
            Assert.Same(thrown, Outcome.Exception);
            Assert.Equal(thrown is null ? ending : default, Outcome.Result);
            return default;
        }
    }

    private sealed class RecordingListener(List<string> events, bool asksForDurations) : ICircuitListener
    {
        public DurationBuckets? DurationBuckets => asksForDurations ? DurationBuckets.Default : null;

        public void OnSignal(Signal signal) => events.Add(ObservedState.Of(signal));

        public void OnNotice(Notice notice) => events.Add(ObservedState.Of(notice));
    }
}
