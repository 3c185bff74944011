namespace Fluxgate;

/// <summary>A fleet in virtual time: members in one process that share a store in memory.</summary>
internal sealed class FleetWorld
{
    /// <summary>How long a test waits for what happens on other threads.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Random _random = new(17);
    private readonly List<FleetTestMember> _members = [];

    public FleetWorld(int members = 0, params string[] breakers)
    {
        Store = new(Time);
        for (var i = 0; i < members; i++)
        {
            Add($"member {i}", breakers: breakers.Length == 0 ? ["payments"] : breakers);
        }
    }

    public VirtualTime Time { get; } = new();

    public InMemoryFleetStore Store { get; }

    public double NextRandom
    {
        get
        {
            lock (_random)
            {
                return _random.NextDouble();
            }
        }
    }

    public IReadOnlyList<FleetTestMember> Members => _members;

    public FleetTestMember this[int index] => _members[index];

    public static FleetOrder Order(
        FleetAction action,
        string circuits = "payments",
        string? zone = null,
        double percentage = 100,
        TimeSpan? duration = null,
        long? expected = null,
        string by = "ann"
    ) =>
        new(action)
        {
            Circuits = circuits,
            Reason = "drill",
            By = by,
            Zone = zone,
            Percentage = percentage,
            Duration = duration,
            ExpectedRevision = expected,
        };

    public FleetTestMember Add(
        string id,
        string? zone = null,
        string[]? breakers = null,
        FluxgateBreakerSettings? settings = null,
        Action<FleetOptions>? configure = null
    )
    {
        var member = new FleetTestMember(this, id, zone, breakers ?? ["payments"], settings, configure);
        _members.Add(member);
        return member;
    }

    /// <summary>Removes a member as if its process had been killed.</summary>
    public void Kill(FleetTestMember member) => _members.Remove(member);

    /// <summary>Lets each member exchange once, and an interval pass.</summary>
    public async Task StepAsync(int times = 1)
    {
        for (var i = 0; i < times; i++)
        {
            foreach (var member in _members.ToArray())
            {
                await member.StepAsync();
            }

            Time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>Lets time pass until a task has ended, which other threads bring forward.</summary>
    public async Task AdvanceUntilAsync(Task ended, TimeSpan? step = null)
    {
        await OtherThreads.UntilAsync(() => ended.IsCompleted, () => Time.Advance(step ?? TimeSpan.FromMilliseconds(100)));
        await ended;
    }

    public async Task<FleetDirective> IssueAsync(FleetOrder order, int by = 0)
    {
        var result = await _members[by].Control.IssueAsync(order).WaitAsync(Deadline);
        Assert.True(result.IsAccepted);
        return Assert.IsType<FleetDirective>(result.Directive);
    }

    public int In(BreakerState state, string breaker = "payments") => _members.Count(member => member[breaker].State == state);
}
