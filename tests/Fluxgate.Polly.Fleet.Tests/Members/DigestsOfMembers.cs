namespace Fluxgate;

/// <summary>What the digest of a member contains.</summary>
public sealed class DigestsOfMembers
{
    [Fact]
    public async Task Digests_carry_the_calls_since_the_last_one_that_arrived()
    {
        var world = new FleetWorld(2);
        await world.StepAsync();
        world[0].Call(successes: 3, failures: 2);
        world[0].Store.Before = _ => throw new InvalidOperationException("down");
        await world.StepAsync();
        world[0].Store.Before = null;
        world[0].Call(successes: 4, failures: 0);
        world[1].Call(successes: 1, failures: 1);

        await world.StepAsync(1);
        var report = await world[0].View.ReadAsync();

        Assert.Equal([new(7, 2, 0, 0), new(1, 1, 0, 0)], report.Members.Select(member => member.Circuits[0].Calls));
        var digests = (await world.Store.ReadDigestsAsync()).ToDictionary(one => one.MemberId, one => Read(one.Content));
        Assert.Equal((2, 1), (digests["member 0"].Period.TotalSeconds, digests["member 1"].Period.TotalSeconds));
    }

    [Fact]
    public async Task A_digest_does_not_count_calls_before_the_circuit_was_in_one()
    {
        var world = new FleetWorld(1);
        world[0].Call(successes: 3, failures: 0);

        await world.StepAsync();

        Assert.Equal(default, Read(Assert.Single(await world.Store.ReadDigestsAsync()).Content).Circuits[0].Calls);
    }

    [Fact]
    public async Task A_closed_circuit_has_no_reason_in_the_digest()
    {
        var world = new FleetWorld(1, "a", "b");
        world[0]["a"].Trip("down");
        world[0]["b"].Trip("down");
        world[0]["b"].Reset("up again");

        await world.StepAsync();

        var circuits = Read(Assert.Single(await world.Store.ReadDigestsAsync()).Content).Circuits;
        Assert.Equal([("a", "down"), ("b", "")], circuits.Select(circuit => (circuit.Name, circuit.Reason)));
    }

    [Fact]
    public async Task A_key_that_was_created_again_counts_from_zero()
    {
        var world = new FleetWorld(1);
        var slow = TimeSpan.FromSeconds(1);
        var settings = new FluxgateBreakerSettings { Tripper = Tripper.MinRequests(50) & Tripper.SlowRate(0.9, slow) };
        var group = new BreakerGroup("tenants", settings, new() { IdleTimeout = TimeSpan.FromMinutes(1) }, world.Time);
        world[0].Groups.Add(group);
        Call(times: 5);
        await world.StepAsync();
        world.Time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(0, group.Count);

        Call(times: 2);
        await world.StepAsync();

        var acme = Read(Assert.Single(await world.Store.ReadDigestsAsync()).Content)
            .Circuits.Single(circuit => circuit.Name == "tenants/acme");
        Assert.Equal((new(2, 0, 0, 0), 2), (acme.Calls, Assert.Single(acme.SlowCalls).Calls));

        void Call(int times)
        {
            for (var i = 0; i < times; i++)
            {
                group.GetOrAdd("acme").Admit().Settle(Verdict.Success, slow);
            }
        }
    }

    [Fact]
    public async Task Slow_calls_at_a_threshold_that_the_rule_had_before_are_not_reported()
    {
        var world = new FleetWorld();
        var (one, two) = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        var member = world.Add("a", settings: new() { Tripper = Tripper.MinRequests(50) & Tripper.SlowRate(0.9, one) });
        await world.StepAsync();
        member["payments"].Admit().Settle(Verdict.Success, TimeSpan.FromSeconds(5));

        member["payments"].Reconfigure(new() { Tripper = Tripper.MinRequests(50) & Tripper.SlowRate(0.9, two) });
        await world.StepAsync();

        var circuit = Assert.Single(Read(Assert.Single(await world.Store.ReadDigestsAsync()).Content).Circuits);
        Assert.Equal([two], circuit.SlowCalls.Select(calls => calls.Threshold));
    }

    [Fact]
    public async Task A_digest_has_at_most_500_circuits_and_the_open_ones_first()
    {
        var world = new FleetWorld(1);
        var group = new BreakerGroup("tenants", timeProvider: world.Time, options: new() { MaxBreakers = 2_000 });
        world[0].Groups.Add(group);
        for (var i = 0; i < 1_000; i++)
        {
            group.GetOrAdd($"tenant {i}");
        }

        group.GetOrAdd("tenant 987").Trip("down");
        await world.StepAsync(2);

        var member = Assert.Single((await world[0].View.ReadAsync()).Members);
        Assert.Equal((500, 502), (member.Circuits.Count, member.OmittedCircuits));
        Assert.Equal("tenants/tenant 987", member.Circuits[0].Name);
    }

    [Fact]
    public async Task The_digest_of_a_slow_member_stays_until_its_next_exchange()
    {
        var world = new FleetWorld();
        world.Add("slow", configure: options => options.Interval = TimeSpan.FromMinutes(1));
        await world.StepAsync();

        world.Time.Advance(TimeSpan.FromMinutes(3));

        Assert.Single(await world.Store.ReadDigestsAsync());
    }

    private static FleetDigest Read(ReadOnlyMemory<byte> content)
    {
        Assert.Null(DigestCodec.Read(content.Span, out var digest));
        return digest;
    }
}
