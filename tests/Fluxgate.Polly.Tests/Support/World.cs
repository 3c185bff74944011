namespace Fluxgate;

/// <summary>One breaker on a virtual clock, with a listener that records signals and notices, and short methods for calls.</summary>
internal sealed class World
{
    public World(FluxgateBreakerSettings? settings = null, string name = "payments")
    {
        settings ??= new();
        settings.Listeners.Add(new Memory(this));
        Breaker = new(name, settings, Time);
    }

    public VirtualTime Time { get; } = new();

    public FluxgateBreaker Breaker { get; }

    public List<Signal> Signals { get; } = [];

    public List<Notice> Notices { get; } = [];

    public BreakerState State => Breaker.State;

    public BreakerSnapshot Now => Breaker.Snapshot();

    /// <summary>Admits a call that the test settles later. Fails the test if the call is rejected.</summary>
    public Admission Begin()
    {
        // Reads a snapshot only on failure: a snapshot reads the clock and a custom window.
        return Breaker.TryAdmit(out var admission) ? admission : throw new InvalidOperationException($"Rejected: {Breaker.Snapshot()}");
    }

    public void Succeed(int calls = 1) => Call(Verdict.Success, calls);

    public void Fail(int calls = 1) => Call(Verdict.Failure, calls);

    public void Ignore(int calls = 1) => Call(Verdict.Ignored, calls);

    /// <summary>Runs a call that takes the given time on the virtual clock.</summary>
    public void Take(TimeSpan duration, Verdict verdict = Verdict.Success)
    {
        var admission = Begin();
        Time.Advance(duration);
        admission.Settle(verdict);
    }

    public void Rejects(int calls = 1)
    {
        for (var i = 0; i < calls; i++)
        {
            if (Breaker.TryAdmit(out _))
            {
                Assert.Fail($"Admitted: {Breaker.Snapshot()}");
            }
        }
    }

    /// <summary>Starts calls and returns those that were admitted; all of them stay in flight.</summary>
    public IReadOnlyList<Admission> Ask(int calls)
    {
        var admitted = new List<Admission>();
        for (var i = 0; i < calls; i++)
        {
            if (Breaker.TryAdmit(out var admission))
            {
                admitted.Add(admission);
            }
        }

        return admitted;
    }

    public void Wait(double seconds) => Time.Advance(TimeSpan.FromSeconds(seconds));

    private void Call(Verdict verdict, int calls)
    {
        for (var i = 0; i < calls; i++)
        {
            Begin().Settle(verdict);
        }
    }

    private sealed class Memory(World world) : ICircuitListener
    {
        public void OnSignal(Signal signal) => world.Signals.Add(signal);

        public void OnNotice(Notice notice) => world.Notices.Add(notice);
    }
}
