using Microsoft.Extensions.Logging.Abstractions;

namespace Fluxgate;

/// <summary>One member of a <see cref="FleetWorld"/>, with breakers of its own.</summary>
internal sealed class FleetTestMember
{
    private readonly FluxgateBreaker[] _breakers;

    public FleetTestMember(
        FleetWorld world,
        string id,
        string? zone,
        IEnumerable<string> breakers,
        FluxgateBreakerSettings? settings,
        Action<FleetOptions>? configure
    )
    {
        Store = new(world.Store);
        _breakers = [.. breakers.Select(name => new FluxgateBreaker(name, settings ?? new(), world.Time))];
        Options = new()
        {
            Name = "shop",
            MemberId = id,
            Zone = zone,
        };
        configure?.Invoke(Options);
        Log = new();
        Member = new(
            Options,
            Store,
            () => [.. _breakers, .. Groups.SelectMany(group => group.Prepend(group.Shared))],
            world.Time,
            Log,
            () => world.NextRandom
        );
        Control = new(Member, () => { }, NullLogger.Instance);
        View = new(Member);
    }

    public FaultyStore Store { get; }

    public FleetOptions Options { get; }

    public FleetMember Member { get; }

    public FleetControl Control { get; }

    public FleetView View { get; }

    public FleetEntries Log { get; }

    public List<BreakerGroup> Groups { get; } = [];

    public FluxgateBreaker this[string name] => _breakers.Single(breaker => breaker.Name == name);

    /// <summary>Makes calls of a breaker, which return at once.</summary>
    public void Call(int successes, int failures, string breaker = "payments")
    {
        for (var i = 0; i < successes + failures; i++)
        {
            this[breaker].Admit().Settle(i < successes ? Verdict.Success : Verdict.Failure, TimeSpan.Zero);
        }
    }

    public Task StepAsync() => Member.StepAsync().WaitAsync(FleetWorld.Deadline);
}
