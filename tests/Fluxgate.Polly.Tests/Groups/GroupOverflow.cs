namespace Fluxgate;

/// <summary>While all places of a group are taken, further keys share one breaker.</summary>
public sealed class GroupOverflow
{
    private readonly GroupWorld _world = new(new() { MaxBreakers = 2, IdleTimeout = GroupWorld.Minute });

    [Fact]
    public void Further_keys_share_one_breaker()
    {
        _world.Call("a");
        _world.Call("b");
        _world.Fail("c", calls: 2);
        _world.Fail("d", calls: 1);

        Assert.Equal("a b", _world.Keys);
        Assert.False(_world.Call("e"));
        Assert.True(_world.Call("a"));
        Assert.Same(_world.Group.Shared, _world.Group.GetOrAdd("f"));
        Assert.False(_world.Group.TryGet("c", out _));
    }

    [Fact]
    public void Calls_without_a_place_are_counted_and_reported_once()
    {
        _world.Call("a");
        _world.Call("b");
        _world.Call("c");
        _world.Call("d");

        var now = _world.Now;
        Assert.Equal((2, 4, 2), (now.SharedCalls(SharedCallReason.NoPlace), now.Requests, now.Shared.Requests));
        var notice = Assert.IsType<GroupFullNotice>(Assert.Single(_world.Recorded.Notices));
        Assert.Equal(("tenants (shared)", "tenants", 2), (notice.CircuitName, notice.GroupName, notice.MaxBreakers));
        Assert.Equal("tenants: all 2 places are taken, so further keys share the breaker 'tenants (shared)'", notice.ToString());
    }

    [Fact]
    public void A_free_place_goes_to_the_next_key_and_the_next_notice_is_raised()
    {
        _world.Call("a");
        _world.Call("b");
        _world.Call("c");
        _world.Wait(2 * GroupWorld.Minute, detached: 2);

        Assert.True(_world.Call("c"));
        Assert.Equal("c", _world.Keys);
        _world.Call("d");
        _world.Call("e");

        Assert.Equal(2, _world.Recorded.Notices.OfType<GroupFullNotice>().Count());
    }

    [Fact]
    public void A_manual_call_may_take_a_place_of_its_own()
    {
        _world.Call("a");
        _world.Call("b");

        _world.Group.GetOrAdd("c", evenIfFull: true).ForceOpen("maintenance");

        Assert.Equal("a b c", _world.Keys);
        Assert.False(_world.Call("c"));
        Assert.True(_world.Call("d"));
    }

    [Fact]
    public void The_number_of_places_holds_for_many_threads()
    {
        var group = new BreakerGroup("tenants", options: new() { MaxBreakers = 100 });
        ConcurrentWork.Run(thread =>
        {
            for (var i = 0; i < 1_000; i++)
            {
                group.GetOrAdd($"{thread}/{i}").Admit().Settle(Verdict.Success);
            }
        });

        var now = group.Snapshot();
        Assert.Equal((100, 100), (group.Count, now.Count));
        Assert.Equal((ConcurrentWork.Threads * 1_000, (ConcurrentWork.Threads * 1_000) - 100), (now.Requests, now.Shared.Requests));
    }
}
