namespace Fluxgate.Simulation;

/// <summary>A time span of a run in which the dependency fails for some members.</summary>
internal sealed record Outage(TimeSpan From, TimeSpan To, Func<MemberPlace, bool> Hits);

/// <summary>Where a member stands: its number and its zone.</summary>
internal readonly record struct MemberPlace(int Number, int Zone);

/// <summary>What all members call. It fails for those whom an outage hits, and when more is offered than it can bear.</summary>
internal sealed class Dependency(World world, EventQueue queue, Recording recording)
{
    private static readonly TimeSpan FastFailure = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Fastest = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Slowest = TimeSpan.FromMilliseconds(60);

    // Requests that arrive together are served if the capacity of this time suffices.
    private static readonly TimeSpan Buffer = TimeSpan.FromMilliseconds(100);

    private readonly Chance _chance = new(world.Seed, stream: 1);
    private double _tokens = double.NaN;
    private TimeSpan _refilled;

    /// <summary>Returns whether the dependency would serve a call of this member if there were enough capacity.</summary>
    public bool IsHealthyFor(MemberPlace member) =>
        !world.Outages.Any(outage => queue.Now >= outage.From && queue.Now < outage.To && outage.Hits(member));

    public (Verdict Verdict, TimeSpan Duration) Call(MemberPlace member)
    {
        recording.Now.Offered++;
        // The call is made in any case: what is offered counts against the capacity.
        var hasCapacity = TakesCapacity();
        var fails = !hasCapacity || !IsHealthyFor(member) || _chance.Hits(world.ErrorRate);
        var duration = _chance.Between(Fastest, Slowest);
        if (fails)
        {
            recording.Now.Failed++;
        }

        return fails ? (Verdict.Failure, FastFailure) : (Verdict.Success, duration);
    }

    private bool TakesCapacity()
    {
        if (world.Capacity(queue.Now) is not { } perSecond)
        {
            return true;
        }

        var most = perSecond * Buffer.TotalSeconds;
        _tokens = double.IsNaN(_tokens) ? most : Math.Min(most, _tokens + (perSecond * (queue.Now - _refilled).TotalSeconds));
        _refilled = queue.Now;
        if (_tokens < 1)
        {
            return false;
        }

        _tokens--;
        return true;
    }
}
