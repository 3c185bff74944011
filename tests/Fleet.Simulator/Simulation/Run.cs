namespace Fluxgate.Simulation;

/// <summary>One run of a world: everything happens in virtual time on one thread.</summary>
internal sealed class Run
{
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    private readonly Member[] _members;

    private Run(World world)
    {
        World = world;
        Dependency = new(world, Queue, Recording);
        Network = new(world, Queue);
        Store = new(world, Queue);
        _members = [.. Enumerable.Range(0, world.Members).Select(number => new Member(this, number))];
    }

    public World World { get; }

    public EventQueue Queue { get; } = new();

    public Recording Recording { get; } = new();

    public Dependency Dependency { get; }

    public Network Network { get; }

    public Store Store { get; }

    /// <summary>Runs a world from its beginning to its end.</summary>
    public static Recording Of(World world)
    {
        if (world.Rules.Errors is [_, ..] errors)
        {
            throw new ArgumentException(string.Join('\n', errors), nameof(world));
        }

        var run = new Run(world);
        foreach (var member in run._members)
        {
            member.Start();
        }

        for (var second = OneSecond; second <= world.Duration; second += OneSecond)
        {
            run.Recording.Now.Capacity = world.Capacity(run.Queue.Now);
            run.Queue.RunUntil(second);
            run.Sample();
            run.KillProbers();
            run.Recording.NextSecond();
        }

        run.Recording.RemoveLast();
        return run.Recording;
    }

    public void CountProbers() => Recording.MostProbers = Math.Max(Recording.MostProbers, _members.Count(member => member.IsProber));

    public void Write(FleetSummary next)
    {
        var last = Store.Summary;
        Store.Write(next);
        if (ReferenceEquals(last, Store.Summary))
        {
            return;
        }

        foreach (var (before, after) in last.Scopes.Zip(next.Scopes))
        {
            if (after.Epoch != before.Epoch)
            {
                Recording.FleetTrips.Add(Queue.Now);
            }

            Recording.Setbacks += after.Epoch == before.Epoch ? after.Setbacks - before.Setbacks : 0;
        }
    }

    private void Sample()
    {
        foreach (var member in _members)
        {
            Recording.Now.Members[(int)member.State]++;
        }

        Recording.Now.Share = Store.Summary.Scopes.Average(scope => scope.IsOpen ? scope.Share : 1);
    }

    private void KillProbers()
    {
        if (World.ProbersDieAt is { } at && Queue.Now == at)
        {
            foreach (var member in _members.Where(member => member.IsProber))
            {
                member.Die();
            }
        }
    }
}
