using Polly;

namespace Fluxgate;

/// <summary>A group on a virtual clock, with a pipeline whose key is the operation key, and a listener that records signals and notices.</summary>
internal sealed class GroupWorld
{
    private readonly ResiliencePipeline<int> _pipeline;

    public GroupWorld(BreakerGroupOptions? options = null, FluxgateBreakerSettings? settings = null)
    {
        settings ??= new() { Tripper = Tripper.FailureStreak(3), BreakDuration = BreakDuration.Fixed(TimeSpan.FromSeconds(30)) };
        settings.Listeners.Add(Recorded);
        Settings = settings;
        Group = new("tenants", settings, options, Time);
        _pipeline = new ResiliencePipelineBuilder<int>().AddFluxgateBreaker(Group, context => context.OperationKey).Build();
    }

    public static TimeSpan Minute { get; } = TimeSpan.FromMinutes(1);

    public VirtualTime Time { get; } = new();

    public FluxgateBreakerSettings Settings { get; }

    public BreakerGroup Group { get; }

    public Recorder Recorded { get; } = new();

    public BreakerGroupSnapshot Now => Group.Snapshot();

    public string Keys => string.Join(' ', Group.Select(breaker => breaker.Key!).Order(StringComparer.Ordinal));

    /// <summary>Calls with a key.</summary>
    /// <returns>Whether the call was admitted.</returns>
    public bool Call(string? key, bool fails = false)
    {
        var context = ResilienceContextPool.Shared.Get(key);
        try
        {
            _pipeline.Execute(_ => fails ? throw new InvalidOperationException("fails") : 0, context);
            return true;
        }
        catch (CallNotPermittedException)
        {
            return false;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    public void Fail(string? key, int calls = 3)
    {
        for (var i = 0; i < calls; i++)
        {
            Call(key, fails: true);
        }
    }

    /// <summary>Waits until everything that is idle has been evicted and its listeners are detached.</summary>
    public void Wait(TimeSpan time, int detached = 0)
    {
        Time.Advance(time);
        Assert.True(SpinWait.SpinUntil(() => Recorded.Detached.Count >= detached, TimeSpan.FromSeconds(20)), "Listeners are not detached.");
    }

    internal sealed class Recorder : ICircuitListener
    {
        private readonly List<Signal> _signals = [];
        private readonly List<Notice> _notices = [];
        private readonly List<string> _attached = [];
        private readonly List<string> _detached = [];

        public IReadOnlyList<Signal> Signals => Copy(_signals);

        public IReadOnlyList<Notice> Notices => Copy(_notices);

        public IReadOnlyList<string> Attached => Copy(_attached);

        public IReadOnlyList<string> Detached => Copy(_detached);

        public void OnAttached(FluxgateBreaker breaker) => Add(_attached, breaker.Name);

        public void OnDetached(FluxgateBreaker breaker) => Add(_detached, breaker.Name);

        public void OnSignal(Signal signal) => Add(_signals, signal);

        public void OnNotice(Notice notice) => Add(_notices, notice);

        private T[] Copy<T>(List<T> items)
        {
            lock (this)
            {
                return [.. items];
            }
        }

        private void Add<T>(List<T> items, T item)
        {
            lock (this)
            {
                items.Add(item);
            }
        }
    }
}
