using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace Fluxgate;

/// <summary>Members of a fleet in this process, each with a connection of its own to a real Redis, in real time.</summary>
internal sealed class RedisFleet : IAsyncDisposable
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Action<FleetOptions> _configure;
    private readonly List<RedisFleetMember> _members = [];

    private RedisFleet(Action<FleetOptions> configure) => _configure = configure;

    public IReadOnlyList<RedisFleetMember> Members => _members;

    public RedisFleetMember this[int index] => _members[index];

    /// <summary>Starts members, half of them in each of two zones, and waits until all are in the summary.</summary>
    public static Task<RedisFleet> StartAsync(int members, string address) => StartAsync(members, fleet => fleet.UseRedis(address));

    /// <summary>Starts members, half of them in each of two zones, and waits until all are in the summary.</summary>
    public static async Task<RedisFleet> StartAsync(int members, Action<FleetOptions> configure)
    {
        var fleet = new RedisFleet(configure);
        for (var i = 0; i < members; i++)
        {
            fleet.Add();
        }

        await fleet.AllConnectedAsync();
        await Until.TrueAsync(
            () => fleet.Members.All(member => member.View.Summary?.Members == members),
            () => $"Summaries: {string.Join(", ", fleet.Members.Select(member => member.View.Summary?.Members).Distinct())}"
        );
        return fleet;
    }

    public static FleetOrder Order(FleetAction action, string? zone = null, double percentage = 100, long? expected = null) =>
        new(action)
        {
            Circuits = "payments",
            Reason = "drill",
            By = "ann",
            Zone = zone,
            Percentage = percentage,
            ExpectedRevision = expected,
        };

    public RedisFleetMember Add()
    {
        var number = _members.Count;
        var member = new RedisFleetMember(options =>
        {
            options.MemberId = $"member {number.ToString(CultureInfo.InvariantCulture)}";
            options.Zone = number % 2 == 0 ? "a" : "b";
            options.Interval = Interval;
            _configure(options);
        });
        _members.Add(member);
        return member;
    }

    public int In(BreakerState state) => _members.Count(member => member.Breaker.State == state);

    public Task<TimeSpan> AllConnectedAsync() =>
        Until.TrueAsync(
            () => _members.TrueForAll(member => member.View.Status.IsConnected),
            () =>
                $"Errors: {string.Join(" | ", _members.Where(member => !member.View.Status.IsConnected).Select(member => member.View.Status.LastError).Distinct())}"
        );

    /// <summary>Issues a directive, and waits until as many members as it covers are in a state.</summary>
    /// <returns>The most exchanges that a member needed.</returns>
    public async Task<long> IssueAsync(FleetOrder order, BreakerState state, int members)
    {
        var result = await Until.ResponseAsync(() => _members[0].Control.IssueAsync(order));
        Assert.True(result.IsAccepted);
        var before = _members.Select(member => member.View.Status.Exchanges).ToArray();
        await Until.TrueAsync(() => In(state) == members, () => $"{In(state)} of {members} are {state}.");
        // Those that a hint was faster to reach, and those that the order does not cover, needed none.
        return _members.Select((member, i) => member.ExchangesAt(state) - before[i]).Append(0).Max();
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(_members.Select(member => member.DisposeAsync().AsTask()));
}
