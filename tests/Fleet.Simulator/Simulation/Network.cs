namespace Fluxgate.Simulation;

/// <summary>The way between members and the store: it delays messages, loses some, and is cut for some members at times.</summary>
internal sealed class Network(World world, EventQueue queue)
{
    private readonly Chance _chance = new(world.Seed, stream: 2);

    /// <summary>Lets an action happen at the other side, unless the message is lost.</summary>
    public void Send(MemberPlace member, Action arrive)
    {
        // Drawn in any case: a loss or a cut then changes nothing else in a run.
        var delay = _chance.Between(world.Latency / 4, world.Latency);
        var lost = _chance.Hits(world.Loss);
        if (!lost && !IsCut(member))
        {
            queue.After(delay, arrive);
        }
    }

    private bool IsCut(MemberPlace member) => world.Cuts.Any(cut => queue.Now >= cut.From && queue.Now < cut.To && cut.Hits(member));
}
