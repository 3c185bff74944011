using System.Net;
using System.Text.Json;
using static Fluxgate.ResponseJson;

namespace Fluxgate;

/// <summary>What the API shows of a fleet of three members in one process, in virtual time.</summary>
public sealed class FleetReadings
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static readonly string[] FromStore = ["/api/fleet/members", "/api/fleet/directives", "/api/fleet/audit"];

    private readonly VirtualTime _time = new();

    [Fact]
    public async Task Without_a_fleet_nothing_of_it_is_mapped_or_shown()
    {
        await using var application = await DashboardApplication.StartAsync();
        foreach (var path in FromStore.Prepend("/api/fleet"))
        {
            using var response = await application.SendAsync(HttpMethod.Get, path);
            Assert.Equal((path, HttpStatusCode.NotFound), (path, response.StatusCode));
        }

        Assert.False((await application.GetAsync("/api/session")).TryGetProperty("fleetActions", out _));
        await using var viewer = await EventReader.OpenAsync(application);
        Assert.False((await viewer.NextAsync("full")).TryGetProperty("fleet", out _));
    }

    [Fact]
    public async Task The_fleet_shows_its_members_zones_and_circuits()
    {
        await using var fleet = await StartAsync();
        fleet.Payments.First().Trip("down");
        await fleet.UntilAsync(() => OpenMembers(fleet) == 1, "the open circuit in the summary");

        var shown = await fleet.Web.GetAsync("/api/fleet", "staff");
        var summary = shown.GetProperty("summary");

        Assert.Equal(("shop", "web"), (Text(shown, "name"), Text(shown, "memberId")));
        Assert.True(shown.GetProperty("connected").GetBoolean());
        Assert.False(shown.TryGetProperty("connectedUntil", out _));
        Assert.Equal(3, summary.GetProperty("members").GetInt32());
        Assert.Equal("""[{"name":"eu-1a","members":1},{"name":"eu-1b","members":2}]""", summary.GetProperty("zones").GetRawText());
        Assert.Equal(
            """{"name":"payments","members":3,"states":{"closed":2,"open":1},"divergent":0,"rules":1}""",
            summary.GetProperty("circuits")[0].GetRawText()
        );
        Assert.Matches("^(web|member [12])$", Text(summary, "leader"));
    }

    [Fact]
    public async Task The_most_troubled_circuit_is_first()
    {
        await using var fleet = await StartAsync();
        fleet.Payments.First().Trip("down");
        foreach (var host in fleet.Groups.Take(2))
        {
            host.GetOrAdd("zeta").ForceOpen("down");
        }

        fleet.Groups.First().GetOrAdd("alpha").Probe("up?");
        await fleet.UntilAsync(
            () =>
                fleet.View.Summary is { Circuits: { Count: 4 } summed }
                && summed.Single(circuit => circuit.Name == "tenants/zeta").MembersIn(BreakerState.ForcedOpen) == 2
                && summed.Single(circuit => circuit.Name == "payments").MembersIn(BreakerState.Open) == 1
                && summed.Single(circuit => circuit.Name == "tenants/alpha").MembersIn(BreakerState.HalfOpen) == 1,
            "all circuits in the summary"
        );

        var circuits = (await fleet.Web.GetAsync("/api/fleet")).GetProperty("summary").GetProperty("circuits").EnumerateArray();

        Assert.Equal(["tenants/zeta", "payments", "tenants/alpha", "tenants (shared)"], circuits.Select(circuit => Text(circuit, "name")));
    }

    [Fact]
    public async Task Members_are_listed_with_their_states_the_troubled_first()
    {
        await using var fleet = await StartAsync();
        fleet.Payments.ElementAt(1).Trip("the bank is down");

        var list = await fleet.UntilShownAsync(
            "/api/fleet/members",
            list => list.GetProperty("members")[0].GetProperty("circuits").GetArrayLength() == 1
        );
        var members = list.GetProperty("members").EnumerateArray().ToArray();
        var one = await fleet.Web.GetAsync("/api/fleet/members?id=web", "staff");
        using var none = await fleet.Web.SendAsync(HttpMethod.Get, "/api/fleet/members?id=nobody");

        Assert.Equal(3, list.GetProperty("count").GetInt32());
        Assert.Equal(["member 1", "member 2", "web"], members.Select(member => Text(member, "id")));
        Assert.Equal("""{"closed":1,"open":1}""", members[0].GetProperty("states").GetRawText());
        Assert.True(members[0].GetProperty("alive").GetBoolean());
        Assert.InRange(members[0].GetProperty("lastSeenSeconds").GetDouble(), 0, 2);
        var circuit = Assert.Single(members[0].GetProperty("circuits").EnumerateArray());
        Assert.Equal(("payments", "open", "the bank is down"), (Text(circuit, "name"), Text(circuit, "state"), Text(circuit, "reason")));
        Assert.Equal(0, members[2].GetProperty("circuits").GetArrayLength());
        Assert.Equal(("eu-1a", 2), (Text(one, "zone"), one.GetProperty("circuits").GetArrayLength()));
        await Problem.IsAsync(none, HttpStatusCode.NotFound, "api/fleet/members");
    }

    [Fact]
    public async Task The_list_of_members_is_bounded()
    {
        var circuits = Enumerable.Range(0, 30).Select(number => new FleetCircuitReport { Name = $"{number}", State = BreakerState.Open });
        var members = Enumerable
            .Range(0, 1500)
            .Select(number => new FleetMemberReport
            {
                Id = $"{number}",
                IsAlive = true,
                Circuits = [.. circuits.Take(number % 31)],
            });
        var fleet = new ScriptedFleet { Report = () => Task.FromResult(new FleetReport { Members = [.. members] }) };
        await using var application = await DashboardApplication.StartAsync(services: fleet.Register);

        var list = await application.GetAsync("/api/fleet/members");

        Assert.Equal((1500, 1000), (list.GetProperty("count").GetInt32(), list.GetProperty("members").GetArrayLength()));
        Assert.Equal(30, list.GetProperty("members")[0].GetProperty("states").GetProperty("open").GetInt32());
        Assert.Equal(10, list.GetProperty("members")[0].GetProperty("circuits").GetArrayLength());
        Assert.Equal(30, (await application.GetAsync("/api/fleet/members?id=30")).GetProperty("circuits").GetArrayLength());
    }

    [Fact]
    public async Task A_divergence_is_shown_with_its_member()
    {
        await using var fleet = await StartAsync();
        await fleet.IssueAsync(FleetAction.ForceOpen);
        await fleet.UntilAllAsync(BreakerState.ForcedOpen);
        fleet.Payments.First().Reset("I know better");

        var list = await fleet.UntilShownAsync(
            "/api/fleet/members",
            list => list.GetProperty("members")[0].GetProperty("divergent").GetInt32() == 1
        );
        var shown = await fleet.UntilShownAsync("/api/fleet", shown => DivergentIn(shown) == 1);

        var first = list.GetProperty("members")[0];
        Assert.Equal("web", Text(first, "id"));
        Assert.True(first.GetProperty("circuits")[0].GetProperty("divergent").GetBoolean());
        Assert.Equal(1, shown.GetProperty("divergent").GetInt32());

        static int DivergentIn(JsonElement shown) =>
            shown
                .GetProperty("summary")
                .GetProperty("circuits")
                .EnumerateArray()
                .Sum(circuit => circuit.GetProperty("divergent").GetInt32());
    }

    [Fact]
    public async Task All_viewers_share_one_reading_of_the_store_in_two_seconds()
    {
        await using var fleet = await StartAsync();
        var release = new TaskCompletionSource();

        // Virtual time stands still, so that nobody else uses the store.
        await fleet.FinishAsync();
        fleet.Store.Before = _ => release.Task;
        var before = fleet.Store.Commands;
        var first = Enumerable.Range(0, 10).Select(_ => fleet.Web.GetAsync("/api/fleet/members")).ToArray();
        await fleet.UntilAsync(() => fleet.Store.Commands > before, "the reading", advances: false);
        release.SetResult();
        foreach (var response in await Task.WhenAll(first))
        {
            Assert.Equal(3, response.GetProperty("count").GetInt32());
        }

        await fleet.Web.GetAsync("/api/fleet/members?id=web");
        Assert.Equal(before + 1, fleet.Store.Commands);

        fleet.Payments.First().Trip("down");
        var later = await fleet.UntilShownAsync(
            "/api/fleet/members",
            list => list.GetProperty("members")[0].GetProperty("circuits").GetArrayLength() == 1
        );
        Assert.Equal("web", Text(later.GetProperty("members")[0], "id"));
    }

    [Fact]
    public async Task Nothing_reads_the_members_unless_somebody_asks()
    {
        var readings = 0;
        var fleet = new ScriptedFleet
        {
            Report = () =>
            {
                readings++;
                return Task.FromResult(new FleetReport { Members = [] });
            },
        };
        await using var application = await DashboardApplication.StartAsync(services: fleet.Register, time: _time);
        await using var viewer = await EventReader.OpenAsync(application);
        await viewer.NextAsync("full");
        for (var second = 0; second < 30; second++)
        {
            _time.Advance(Second);
            await viewer.NextAsync("changes");
        }

        Assert.Equal(0, readings);
        await application.GetAsync("/api/fleet/members");
        Assert.Equal(1, readings);
    }

    [Fact]
    public async Task A_store_that_is_gone_is_a_problem_with_what_is_known()
    {
        await using var fleet = await StartAsync();
        await fleet.IssueAsync(FleetAction.ForceOpen);
        await fleet.UntilAllAsync(BreakerState.ForcedOpen);
        fleet.Store.Before = _ => throw new IOException("the connection is closed");
        foreach (var path in FromStore)
        {
            using var response = await fleet.Web.SendAsync(HttpMethod.Get, path);
            var known = (await Problem.IsAsync(response, HttpStatusCode.ServiceUnavailable, "the connection is closed")).GetProperty(
                "known"
            );

            Assert.Equal("shop", Text(known, "name"));
            Assert.Equal("force-open", Text(known.GetProperty("directives")[0], "action"));
        }

        await fleet.UntilAsync(() => !fleet.View.Status.IsConnected, "the loss");
        var shown = await fleet.Web.GetAsync("/api/fleet");
        Assert.False(shown.GetProperty("connected").GetBoolean());
        var connectedUntil = _time.GetUtcNow() - fleet.View.Status.LastExchange!.Value;
        Assert.InRange((shown.GetProperty("connectedUntil").GetDateTimeOffset() - connectedUntil).TotalSeconds, -0.5, 0.5);
        Assert.Contains("the connection is closed", Text(shown, "error"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_hangs_holds_no_request()
    {
        await using var fleet = await StartAsync();
        fleet.Store.Before = _ => ScriptedFleet.Never<string>();
        foreach (var path in FromStore)
        {
            using var response = await fleet.WithTimeAsync(fleet.Web.SendAsync(HttpMethod.Get, path));
            await Problem.IsAsync(response, HttpStatusCode.ServiceUnavailable, "TimeoutException");
        }

        await fleet.Web.GetAsync("/api/fleet");
    }

    [Theory]
    [InlineData("/api/fleet/directives")]
    [InlineData("/api/fleet/audit")]
    public async Task A_fleet_that_never_responds_holds_no_request(string path)
    {
        var fleet = new ScriptedFleet();
        await using var application = await DashboardApplication.StartAsync(services: fleet.Register, time: _time);
        var armed = _time.ArmedTimers;
        var request = application.SendAsync(HttpMethod.Get, path);
        await ScrapeWaiting.UntilAsync(() => _time.ArmedTimers > armed, "the deadline of the request");

        _time.Advance(FleetRequests.Deadline - Second);
        Assert.False(request.IsCompleted);
        _time.Advance(Second);
        using var response = await request;

        await Problem.IsAsync(response, HttpStatusCode.ServiceUnavailable, "TimeoutException");
    }

    [Fact]
    public async Task An_ArgumentException_of_the_store_is_not_a_client_error()
    {
        var fleet = new ScriptedFleet { Report = () => Task.FromException<FleetReport>(new ArgumentException("of the store")) };
        await using var application = await DashboardApplication.StartAsync(services: fleet.Register, time: _time);

        using var response = await application.SendAsync(HttpMethod.Get, "/api/fleet/members");

        await Problem.IsAsync(response, HttpStatusCode.ServiceUnavailable, "of the store");
    }

    [Fact]
    public async Task A_reading_that_takes_long_is_shared_by_later_requests()
    {
        var readings = 0;
        var reading = new SharedReading<object>(
            () =>
            {
                Interlocked.Increment(ref readings);
                return ScriptedFleet.Never<object>();
            },
            _time
        );

        var first = reading.GetAsync();
        _time.Advance(2 * SharedReading<object>.Interval);

        Assert.Same(first, reading.GetAsync());
        await ScrapeWaiting.UntilAsync(() => Volatile.Read(ref readings) == 1, "the reading");
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("guest", HttpStatusCode.Forbidden)]
    [InlineData("staff", HttpStatusCode.OK)]
    public async Task The_policy_guards_the_fleet(string? user, HttpStatusCode status)
    {
        await using var fleet = await StartAsync();
        foreach (var path in FromStore.Prepend("/api/fleet"))
        {
            using var response = await fleet.Web.SendAsync(HttpMethod.Get, path, user);
            Assert.Equal((path, status), (path, response.StatusCode));
            if (status == HttpStatusCode.OK)
            {
                Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
            }
        }
    }

    [Fact]
    public async Task Viewers_receive_the_fleet_when_it_changes()
    {
        var fleet = new ScriptedFleet();
        await using var application = await DashboardApplication.StartAsync(services: fleet.Register, time: _time);
        await using var viewer = await EventReader.OpenAsync(application);
        Assert.True((await viewer.NextAsync("full")).GetProperty("fleet").GetProperty("connected").GetBoolean());
        for (var second = 0; second < 5; second++)
        {
            _time.Advance(Second);
            Assert.False((await viewer.NextAsync("changes")).TryGetProperty("fleet", out _));
        }

        fleet.Status = new()
        {
            Exchanges = 1,
            LastExchange = Second,
            LastError = "gone",
        };
        _time.Advance(Second);
        var lost = (await viewer.NextAsync("changes")).GetProperty("fleet");
        Assert.False(lost.GetProperty("connected").GetBoolean());

        // The time since then is not sent each second.
        fleet.Status = fleet.Status with
        {
            LastExchange = Second * 2,
        };
        _time.Advance(Second);
        Assert.False((await viewer.NextAsync("changes")).TryGetProperty("fleet", out _));
    }

    private Task<FleetApplication> StartAsync() => FleetApplication.StartAsync(time: _time);

    private static int OpenMembers(FleetApplication fleet) =>
        fleet.View.Summary?.Circuits.Sum(circuit => circuit.MembersIn(BreakerState.Open)) ?? 0;
}
