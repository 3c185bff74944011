namespace Fluxgate.Worlds;

/// <summary>A group evicts, creates and reloads breakers beside each other. No call is lost or counted twice, and each place is taken once.</summary>
internal static class Groups
{
    [World("A call beside the eviction of its circuit is counted once")]
    public static void CallBesideEviction(Story story)
    {
        var tenants = Idle(story, "a");

        story.Together(tenants.FireTimers, () => tenants.Call("a"));

        Require(story, tenants, requests: 2, most: 1);
    }

    [World("A call through a breaker that is kept, beside its eviction, is counted once")]
    public static void KeptBreakerBesideEviction(Story story)
    {
        var tenants = Idle(story, "a");
        var kept = tenants.Group.GetOrAdd("a");

        story.Together(tenants.FireTimers, () => story.Do("call kept", () => kept.Admit().Settle(Verdict.Success)));

        Require(story, tenants, requests: 2, most: 1);
    }

    [World("Two calls beside the eviction of their circuit find one circuit")]
    public static void TwoCallsBesideEviction(Story story)
    {
        var tenants = Idle(story, "a");

        story.Together(tenants.FireTimers, () => tenants.Call("a"), () => tenants.Call("a"));

        Require(story, tenants, requests: 3, most: 1);
    }

    [World("A result that arrives beside the eviction after it is counted once")]
    public static void ResultBesideEviction(Story story)
    {
        var tenants = Idle(story, "a");
        var kept = tenants.Group.GetOrAdd("a");
        Admission? call = null;

        story.Together(
            tenants.FireTimers,
            () => call = story.Do("admit", () => kept.Admit()),
            () => story.Until("the call is admitted", () => call is not null)
        );

        story.Do("settle", () => call!.Settle(Verdict.Failure));
        Require(story, tenants, requests: 2, most: 1);
        story.Require(tenants.Now.Failures == 1, tenants.Numbers());
    }

    [World("A key that needs a place beside an eviction has it or shares, and no place is lost")]
    public static void OverflowBesideEviction(Story story)
    {
        var tenants = Idle(story, "a", new() { MaxBreakers = 1 });

        story.Together(tenants.FireTimers, () => tenants.Call("b"), () => tenants.Call("a"));

        Require(story, tenants, requests: 3, most: 1);
        var shared = tenants.Now.SharedCalls(SharedCallReason.NoPlace);
        story.Require(tenants.Now.Shared.Requests == shared, $"{shared} shared, {tenants.Numbers()}");
    }

    [World("Two keys beside each other take the last place once")]
    public static void TwoKeysForOnePlace(Story story)
    {
        var tenants = new Tenants(story, new() { MaxBreakers = 1 });

        story.Together(() => tenants.Call("a"), () => tenants.Call("b"), () => tenants.Call("a"));

        story.Require(tenants.Group.Count == 1, tenants.Numbers());
        Require(story, tenants, requests: 3, most: 1);
    }

    [World("A circuit that is created beside a reload has the new settings")]
    public static void CreationBesideAReload(Story story)
    {
        var tenants = new Tenants(story);

        story.Together(() => tenants.Call("a"), () => tenants.Reconfigure(Tripper.FailureStreak(7)));

        RequireRule(story, tenants, "FailureStreak(7)");
    }

    [World("An eviction beside a reload and a call loses nothing, and the new settings are in force")]
    public static void EvictionBesideAReload(Story story)
    {
        var tenants = Idle(story, "a");

        story.Together(tenants.FireTimers, () => tenants.Reconfigure(Tripper.FailureStreak(7)), () => tenants.Call("a"));

        Require(story, tenants, requests: 2, most: 1);
        RequireRule(story, tenants, "FailureStreak(7)");
    }

    [World("Of two reloads beside each other, one is in force for all circuits")]
    public static void TwoReloads(Story story)
    {
        var tenants = new Tenants(story);
        tenants.Call("a");

        story.Together(() => tenants.Reconfigure(Tripper.FailureStreak(7)), () => tenants.Reconfigure(Tripper.FailureStreak(8)));

        var rules = tenants.Group.Append(tenants.Group.Shared).Select(breaker => breaker.Snapshot().Rule).Distinct(StringComparer.Ordinal);
        story.Require(rules.Count() == 1, string.Join(" and ", rules));
    }

    [World("A manual call beside the eviction of its circuit holds for its key")]
    public static void ManualCallBesideEviction(Story story)
    {
        var tenants = Idle(story, "a", new() { MaxBreakers = 1 });
        var kept = tenants.Group.GetOrAdd("a");

        story.Together(tenants.FireTimers, () => story.Do("force open", () => $"{kept.ForceOpen()}"), () => tenants.Call("b"));

        story.Require(tenants.Group.TryGet("a", out var current), $"a has no circuit: {tenants.Numbers()}");
        story.Require(current!.State == BreakerState.ForcedOpen, $"a is {current.State}");
        story.Require(tenants.Group.Shared.State == BreakerState.Closed, $"the shared circuit is {tenants.Group.Shared.State}");
    }

    [World("The sums that are read beside an eviction lose no call")]
    public static void SumsBesideEviction(Story story)
    {
        var tenants = Idle(story, "a");
        BreakerGroupSnapshot? read = null;

        story.Together(tenants.FireTimers, () => read = story.Do("snapshot", () => tenants.Now, now => $"{now.Requests} requests"));

        story.Require(read!.Requests == 1, $"{read.Requests} requests were read, {tenants.Numbers()}");
        Require(story, tenants, requests: 1, most: 0);
    }

    [World("Circuits that trip beside each other are not more than MaxOpenRatio allows")]
    public static void TwoTrips(Story story)
    {
        var tenants = Failing(story, "a", "b");

        story.Together(() => tenants.Call("a", Verdict.Failure), () => tenants.Call("b", Verdict.Failure));

        var now = tenants.Now;
        story.Require(now.CircuitsIn(BreakerState.Open) == 1 && now.WouldTrips == 1, $"{now.WouldTrips} would-trips, {tenants.Numbers()}");
    }

    [World("A reset beside a trip frees its share of MaxOpenRatio once")]
    public static void ResetBesideATrip(Story story)
    {
        var tenants = Failing(story, "a", "b");
        tenants.Group.GetOrAdd("a").Trip();

        story.Together(() => story.Do("reset a", () => $"{tenants.Group.GetOrAdd("a").Reset()}"), () => tenants.Call("b", Verdict.Failure));

        RequireShares(story, tenants, "a", "b");
    }

    [World("A manual trip beside a trip of the same circuit takes its share of MaxOpenRatio once")]
    public static void ManualTripBesideATrip(Story story)
    {
        var tenants = Failing(story, "a", "b");

        story.Together(() => story.Do("trip a", () => $"{tenants.Group.GetOrAdd("a").Trip()}"), () => tenants.Call("a", Verdict.Failure));

        RequireShares(story, tenants, "a", "b");
    }

    [World("The eviction of an open circuit beside a call frees its share of MaxOpenRatio once")]
    public static void OpenCircuitBesideEviction(Story story)
    {
        var tenants = new Tenants(
            story,
            new() { MaxOpenRatio = 0.5 },
            new()
            {
                Tripper = Tripper.FailureStreak(2),
                BreakDuration = BreakDuration.Fixed(TimeSpan.FromSeconds(1)),
                Permit = Permit.All,
            }
        );
        tenants.Group.GetOrAdd("a").Trip();
        tenants.BecomeIdle();

        story.Together(tenants.FireTimers, () => tenants.Call("a"));

        RequireShares(story, tenants, "a", "b");
    }

    [World("A rejection beside the eviction of its circuit is counted once")]
    public static void RejectionBesideEviction(Story story)
    {
        var tenants = new Tenants(story, settings: new() { InitialState = BreakerState.ForcedOpen });
        var kept = tenants.Group.GetOrAdd("a");
        tenants.BecomeIdle();

        story.Together(tenants.FireTimers, () => story.Do("reject", () => $"{kept.TryAdmit(out _)}"));

        tenants.BecomeIdle();
        tenants.FireTimers();
        story.Require(tenants.Now.Rejected == 1, $"{tenants.Now.Rejected} rejections, {tenants.Numbers()}");
    }

    private static Tenants Idle(Story story, string key, BreakerGroupOptions? options = null)
    {
        var tenants = new Tenants(story, options);
        tenants.Group.GetOrAdd(key).Admit().Settle(Verdict.Success);
        tenants.BecomeIdle();
        return tenants;
    }

    /// <summary>Two circuits of which one may open, each one failure before its trip.</summary>
    private static Tenants Failing(Story story, params string[] keys)
    {
        var tenants = new Tenants(story, new() { MaxOpenRatio = 0.5 });
        Array.ForEach(keys, key => tenants.Group.GetOrAdd(key).Admit().Settle(Verdict.Failure));
        return tenants;
    }

    private static void Require(Story story, Tenants tenants, long requests, int most)
    {
        var now = tenants.Now;
        story.Require(now.Requests == requests && now.InFlight == 0, tenants.Numbers());
        story.Require(tenants.Group.Count == now.Count && tenants.Group.Count <= most, tenants.Numbers());

        // What was evicted is retired at the next looks, and changes no sum.
        tenants.BecomeIdle();
        tenants.FireTimers();
        now = tenants.Now;
        story.Require(now.Requests == requests && tenants.Group.Count == 0, $"afterwards {tenants.Numbers()}");
    }

    private static void RequireRule(Story story, Tenants tenants, string rule)
    {
        foreach (var breaker in tenants.Group.Append(tenants.Group.Shared))
        {
            story.Require(breaker.Snapshot().Rule == rule, $"{breaker.Name} has the rule {breaker.Snapshot().Rule}");
        }
    }

    /// <summary>Requires that as many circuits can trip as would be allowed if nothing had happened before.</summary>
    private static void RequireShares(Story story, Tenants tenants, params string[] keys)
    {
        foreach (var key in keys)
        {
            tenants.Group.GetOrAdd(key).Reset();
        }

        foreach (var key in keys)
        {
            tenants.Call(key, Verdict.Failure);
            tenants.Call(key, Verdict.Failure);
        }

        var open = tenants.Now.CircuitsIn(BreakerState.Open);
        story.Require(open == 1, $"{open} of {keys.Length} circuits opened afterwards: {tenants.Numbers()}");
    }
}
