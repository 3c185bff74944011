namespace Fluxgate;

/// <summary>A group has one breaker for each key.</summary>
public sealed class KeysOfGroups
{
    private readonly GroupWorld _world = new();

    public static TheoryData<string> HostileKeys =>
        ["", " ", "https://host:8443", "a\nb", "\ud800", "\0", "tenants (shared)", new string('x', 100_000), "é", "e\u0301"];

    [Fact]
    public void A_key_always_has_the_same_breaker()
    {
        var acme = _world.Group.GetOrAdd("acme");

        Assert.Same(acme, _world.Group.GetOrAdd(new string("acme".AsSpan())));
        Assert.True(_world.Group.TryGet("acme", out var found));
        Assert.Same(acme, found);
        Assert.Equal(("tenants/acme", "tenants", "acme"), (acme.Name, acme.GroupName, acme.Key));
    }

    [Fact]
    public void Keys_differ_by_their_characters()
    {
        Assert.NotSame(_world.Group.GetOrAdd("acme"), _world.Group.GetOrAdd("Acme"));
        Assert.Equal("Acme acme", _world.Keys);
    }

    [Fact]
    public void Looking_for_a_key_creates_no_breaker()
    {
        Assert.False(_world.Group.TryGet("acme", out var breaker));
        Assert.Null(breaker);
        Assert.Empty(_world.Group);
    }

    [Theory]
    [MemberData(nameof(HostileKeys))]
    public void A_key_can_have_any_characters_and_any_length(string key)
    {
        Assert.True(_world.Call(key));

        var breaker = Assert.Single(_world.Group);
        Assert.Equal((key, 1), (breaker.Key, breaker.Snapshot().Successes));
        Assert.InRange(breaker.Name.Length, "tenants/".Length, 256);
    }

    [Fact]
    public void Names_of_long_keys_differ()
    {
        var beginning = new string('x', 1_000);

        Assert.NotEqual(_world.Group.GetOrAdd(beginning + "1").Name, _world.Group.GetOrAdd(beginning + "2").Name);
    }

    [Fact]
    public void A_breaker_without_a_group_has_no_key()
    {
        var breaker = new FluxgateBreaker("payments");

        Assert.Equal((null, null), (breaker.GroupName, breaker.Key));
        Assert.Equal((null, null), (breaker.Snapshot().GroupName, breaker.Snapshot().Key));
    }

    [Fact]
    public void The_circuits_of_two_keys_are_independent()
    {
        _world.Fail("acme");

        Assert.False(_world.Call("acme"));
        Assert.True(_world.Call("globex"));
        Assert.Equal(
            (BreakerState.Open, BreakerState.Closed),
            (_world.Group.GetOrAdd("acme").State, _world.Group.GetOrAdd("globex").State)
        );
    }

    [Fact]
    public void Signals_and_snapshots_name_group_and_key()
    {
        _world.Fail("acme");

        var signal = Assert.Single(_world.Recorded.Signals);
        Assert.Equal(("tenants/acme", "tenants", "acme"), (signal.CircuitName, signal.GroupName, signal.Key));
        var snapshot = _world.Group.GetOrAdd("acme").Snapshot();
        Assert.Equal(("tenants/acme", "tenants", "acme"), (snapshot.CircuitName, snapshot.GroupName, snapshot.Key));
    }

    [Fact]
    public void An_overridden_key_has_its_own_settings_and_the_groups_listeners()
    {
        var strict = new FluxgateBreakerSettings { Tripper = Tripper.FailureStreak(1) };
        var world = new GroupWorld(new() { Overrides = { ["vip"] = strict } });

        world.Fail("vip", calls: 1);
        world.Fail("acme", calls: 1);

        Assert.Equal("vip", Assert.Single(world.Recorded.Signals).Key);
        Assert.Empty(strict.Listeners);
    }

    [Fact]
    public void A_null_key_throws()
    {
        Assert.Throws<ArgumentNullException>(() => _world.Group.GetOrAdd(null!));
        Assert.Throws<ArgumentNullException>(() => _world.Group.TryGet(null!, out _));
    }

    [Fact]
    public void A_disposed_group_detaches_all_listeners_and_adds_no_keys()
    {
        _world.Call("acme");
        _world.Group.Dispose();

        Assert.Equal(["tenants (shared)", "tenants/acme"], _world.Recorded.Detached.Order(StringComparer.Ordinal));
        Assert.True(_world.Call("acme"));
        Assert.True(_world.Call("globex"));
        Assert.Equal("acme", _world.Keys);
        Assert.Equal(0, _world.Time.ArmedTimers);
    }

    [Fact]
    public void Many_threads_create_one_breaker_for_a_key()
    {
        for (var round = 0; round < 200; round++)
        {
            var found = new FluxgateBreaker[ConcurrentWork.Threads];
            var world = new GroupWorld();
            ConcurrentWork.Run(thread => found[thread] = world.Group.GetOrAdd("acme"));

            Assert.All(found, breaker => Assert.Same(found[0], breaker));
            Assert.Equal((1, 2), (world.Group.Count, world.Recorded.Attached.Count));
        }
    }
}
