namespace Fluxgate;

/// <summary>What every <see cref="IFleetStore"/> must do. The tests of a store derive from it; link this file into their project.</summary>
public abstract class FleetStoreConformance
{
    /// <summary>A time to live that passes in <see cref="PassAsync"/>, and that a slow machine does not exceed between two commands.</summary>
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    public static TheoryData<string> Names =>
        ["shop", "a{b}c", "}{", "two\nlines\r\n", "🚀 ünï", "*?[x]:/\\'\"", "\0\u0001", " ", new string('x', FleetLimits.MaxNameLength)];

    /// <summary>Opens another connection to the data of a fleet: each call returns a store that sees what the others of this name write. The names differ between tests.</summary>
    protected abstract ValueTask<IFleetStore> OpenAsync(string fleet);

    /// <summary>Lets time pass on the store's clock: at once on a virtual one, by waiting on a real one.</summary>
    protected abstract ValueTask WaitAsync(TimeSpan time);

    /// <summary>Removes all data of the server.</summary>
    protected abstract ValueTask FlushAsync();

    [Fact]
    public async Task An_empty_store_has_no_summary_no_directives_and_no_digests()
    {
        var store = await OpenAsync("empty");

        var reading = await store.ExchangeAsync(FleetExchange.ReadAll());

        Assert.Equal(0, Assert.NotNull(reading.Summary).Revision);
        Assert.Equal(0, Assert.NotNull(reading.Directives).Revision);
        Assert.True(Assert.NotNull(reading.Directives).Content.IsEmpty);
        Assert.Empty(await store.ReadDigestsAsync());
        Assert.Empty(await store.ReadAuditAsync(10));
    }

    [Fact]
    public async Task What_is_known_is_not_returned_again()
    {
        var (one, other) = (await OpenAsync("known"), await OpenAsync("known"));
        Assert.Null((await one.ExchangeAsync(Exchange("a", knownSummary: 0, knownDirectives: 0))).Directives);
        await one.WriteSummaryAsync(new(7, Bytes("summary")));
        Assert.True(await one.TryWriteDirectivesAsync(new(0, new(9, Bytes("directives")), Bytes("audit"))));

        var stale = await other.ExchangeAsync(Exchange("b", knownSummary: 6, knownDirectives: 12));
        var current = await other.ExchangeAsync(Exchange("b", knownSummary: 7, knownDirectives: 9));

        Assert.Equal(7, Assert.NotNull(stale.Summary).Revision);
        Assert.Equal("summary", Text(Assert.NotNull(stale.Summary).Content));
        Assert.Equal(9, Assert.NotNull(stale.Directives).Revision);
        Assert.Equal("directives", Text(Assert.NotNull(stale.Directives).Content));
        Assert.Null(current.Summary);
        Assert.Null(current.Directives);
    }

    [Fact]
    public async Task An_exchange_after_a_flush_returns_revision_zero()
    {
        var store = await OpenAsync("flushed");
        await store.WriteSummaryAsync(new(3, Bytes("summary")));
        Assert.True(await store.TryWriteDirectivesAsync(new(0, new(4, Bytes("directives")), Bytes("audit"))));
        Assert.True(await store.TryTakeLeaseAsync(new("leader", "a", 1, Long)));

        await FlushAsync();
        var reading = await store.ExchangeAsync(Exchange("a", knownSummary: 3, knownDirectives: 4));

        Assert.Equal(0, Assert.NotNull(reading.Summary).Revision);
        Assert.Equal(0, Assert.NotNull(reading.Directives).Revision);
        Assert.True(await store.TryTakeLeaseAsync(new("leader", "b", 1, Long)));
        Assert.True(await store.TryWriteDirectivesAsync(new(0, new(5, Bytes("again")), Bytes("restored"))));
        Assert.Equal("restored", Text(Assert.Single(await store.ReadAuditAsync(10))));
    }

    [Fact]
    public async Task A_digest_replaces_the_last_one_of_its_member()
    {
        var (one, other) = (await OpenAsync("digests"), await OpenAsync("digests"));
        await one.ExchangeAsync(Exchange("a", digest: "first"));
        await one.ExchangeAsync(Exchange("b", digest: "of b"));
        await one.ExchangeAsync(Exchange("a", digest: "second"));

        var digests = await other.ReadDigestsAsync();

        Assert.Equal(
            ["a: second", "b: of b"],
            digests.Select(digest => $"{digest.MemberId}: {Text(digest.Content)}").Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task An_exchange_without_a_digest_writes_none()
    {
        var store = await OpenAsync("observer");

        await store.ExchangeAsync(FleetExchange.ReadAll());

        Assert.Empty(await store.ReadDigestsAsync());
    }

    [Fact]
    public async Task A_digest_is_gone_when_its_time_to_live_has_passed()
    {
        var store = await OpenAsync("gone");
        await store.ExchangeAsync(Exchange("long", timeToLive: Long));
        await store.ExchangeAsync(Exchange("short", timeToLive: Short));

        await PassAsync(Short);

        Assert.Equal("long", Assert.Single(await store.ReadDigestsAsync()).MemberId);
    }

    [Fact]
    public async Task The_age_of_a_digest_is_the_time_since_it_was_written()
    {
        var store = await OpenAsync("age");
        await store.ExchangeAsync(Exchange("old", timeToLive: Long));
        await PassAsync(Short);
        await store.ExchangeAsync(Exchange("new", timeToLive: Long));

        var ages = (await store.ReadDigestsAsync()).ToDictionary(digest => digest.MemberId, digest => digest.Age, StringComparer.Ordinal);

        Assert.InRange(ages["old"], Short, Long);
        Assert.InRange(ages["new"], TimeSpan.Zero, ages["old"] - (Short / 2));
    }

    [Fact]
    public async Task A_member_that_leaves_has_no_digest()
    {
        var store = await OpenAsync("leaves");
        await store.ExchangeAsync(Exchange("a"));
        await store.ExchangeAsync(Exchange("b"));

        await store.RemoveDigestAsync("a");
        await store.RemoveDigestAsync("a");

        Assert.Equal("b", Assert.Single(await store.ReadDigestsAsync()).MemberId);
    }

    [Fact]
    public async Task The_last_summary_wins_even_with_a_lower_revision()
    {
        var store = await OpenAsync("summaries");
        await store.WriteSummaryAsync(new(8, Bytes("higher")));
        await store.WriteSummaryAsync(new(2, Bytes("lower")));

        var reading = await store.ExchangeAsync(Exchange("a", knownSummary: 8));

        Assert.Equal("lower", Text(Assert.NotNull(reading.Summary).Content));
    }

    [Fact]
    public async Task Directives_are_written_at_the_expected_revision_only()
    {
        var store = await OpenAsync("cas");
        Assert.False(await store.TryWriteDirectivesAsync(new(3, new(4, Bytes("lost")), Bytes("lost"))));
        Assert.True(await store.TryWriteDirectivesAsync(new(0, new(10, Bytes("first")), Bytes("one"))));
        Assert.False(await store.TryWriteDirectivesAsync(new(0, new(11, Bytes("lost")), Bytes("lost"))));
        Assert.False(await store.TryWriteDirectivesAsync(new(11, new(12, Bytes("lost")), Bytes("lost"))));
        Assert.True(await store.TryWriteDirectivesAsync(new(10, new(500, Bytes("second")), Bytes("two"))));

        var directives = Assert.NotNull((await store.ExchangeAsync(FleetExchange.ReadAll())).Directives);

        Assert.Equal((500, "second"), (directives.Revision, Text(directives.Content)));
        Assert.Equal(["two", "one"], (await store.ReadAuditAsync(10)).Select(Text));
    }

    [Fact]
    public async Task Of_many_writers_at_one_revision_one_wins()
    {
        var stores = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => OpenAsync("race").AsTask()));
        long revision = 0;
        for (var round = 0; round < 20; round++)
        {
            var (expected, next) = (revision, revision + 1);
            var won = await Task.WhenAll(
                stores.Select(
                    (store, i) =>
                        Task.Run(() => store.TryWriteDirectivesAsync(new(expected, new(next, Bytes($"of {i}")), Bytes($"by {i}"))).AsTask())
                )
            );

            var winner = Array.IndexOf(won, true);
            Assert.Single(won, one => one);
            var directives = Assert.NotNull((await stores[0].ExchangeAsync(FleetExchange.ReadAll())).Directives);
            Assert.Equal((next, $"of {winner}"), (directives.Revision, Text(directives.Content)));
            Assert.Equal($"by {winner}", Text(Assert.Single(await stores[0].ReadAuditAsync(1))));
            revision = next;
        }

        Assert.Equal(20, (await stores[0].ReadAuditAsync(100)).Count);
    }

    [Fact]
    public async Task The_audit_keeps_its_order_and_the_newest_entries()
    {
        var store = await OpenAsync("audit");
        const int Written = FleetLimits.MaxAuditEntries + 200;
        for (var i = 0; i < Written; i++)
        {
            Assert.True(await store.TryWriteDirectivesAsync(new(i, new(i + 1, Bytes("directives")), Bytes($"entry {i}"))));
        }

        var audit = await store.ReadAuditAsync(int.MaxValue);

        Assert.InRange(audit.Count, FleetLimits.MaxAuditEntries, Written - 1);
        Assert.Equal(Enumerable.Range(0, audit.Count).Select(i => $"entry {Written - 1 - i}"), audit.Select(Text));
        Assert.Equal(["entry 1199", "entry 1198"], (await store.ReadAuditAsync(2)).Select(Text));
    }

    [Fact]
    public async Task A_lease_has_one_holder_until_its_time_to_live_has_passed()
    {
        var (one, other) = (await OpenAsync("lease"), await OpenAsync("lease"));
        Assert.True(await one.TryTakeLeaseAsync(new("leader", "a", 1, Short)));
        Assert.False(await other.TryTakeLeaseAsync(new("leader", "b", 1, Short)));
        Assert.True(await other.TryTakeLeaseAsync(new("another", "b", 1, Short)));

        await PassAsync(Short);

        Assert.True(await other.TryTakeLeaseAsync(new("leader", "b", 1, Long)));
        Assert.False(await one.TryTakeLeaseAsync(new("leader", "a", 1, Long)));
    }

    [Fact]
    public async Task A_holder_that_takes_its_lease_again_keeps_it()
    {
        var store = await OpenAsync("renewed");
        Assert.True(await store.TryTakeLeaseAsync(new("leader", "a", 1, Short)));
        Assert.True(await store.TryTakeLeaseAsync(new("leader", "a", 1, Long)));

        await PassAsync(Short);

        Assert.False(await store.TryTakeLeaseAsync(new("leader", "b", 1, Long)));
    }

    [Fact]
    public async Task A_released_lease_is_free_and_only_its_holder_releases_it()
    {
        var store = await OpenAsync("released");
        Assert.True(await store.TryTakeLeaseAsync(new("leader", "a", 1, Long)));
        await store.ReleaseLeaseAsync("leader", "b");
        Assert.False(await store.TryTakeLeaseAsync(new("leader", "b", 1, Long)));

        await store.ReleaseLeaseAsync("leader", "a");
        await store.ReleaseLeaseAsync("leader", "a");

        Assert.True(await store.TryTakeLeaseAsync(new("leader", "b", 1, Long)));
    }

    [Fact]
    public async Task A_resource_has_as_many_holders_as_slots()
    {
        var stores = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => OpenAsync("slots").AsTask()));

        var taken = await Task.WhenAll(
            stores.Select((store, i) => Task.Run(() => store.TryTakeLeaseAsync(new("probe", $"member {i}", 5, Short)).AsTask()))
        );
        var first = taken.Count(one => one);
        await PassAsync(Short);
        var again = 0;
        for (var i = 0; i < stores.Length; i++)
        {
            again += await stores[i].TryTakeLeaseAsync(new("probe", $"other {i}", 5, Long)) ? 1 : 0;
        }

        Assert.Equal((5, 5), (first, again));
    }

    [Fact]
    public async Task Each_slot_is_free_when_its_own_time_to_live_has_passed()
    {
        var store = await OpenAsync("slot");
        Assert.True(await store.TryTakeLeaseAsync(new("probe", "long", 2, Long)));
        Assert.True(await store.TryTakeLeaseAsync(new("probe", "short", 2, Short)));

        await PassAsync(Short);

        Assert.True(await store.TryTakeLeaseAsync(new("probe", "other", 2, Long)));
        Assert.False(await store.TryTakeLeaseAsync(new("probe", "short", 2, Long)));
    }

    [Fact]
    public async Task A_hint_reaches_the_subscribers_of_its_fleet_until_they_are_disposed()
    {
        var (one, other, stranger) = (await OpenAsync("hints"), await OpenAsync("hints"), await OpenAsync("no hints"));
        var (hints, strange) = (0, 0);
        using var subscription = other.Subscribe(() => Interlocked.Increment(ref hints));
        using var foreign = stranger.Subscribe(() => Interlocked.Increment(ref strange));

        await HintUntilAsync(one, () => Volatile.Read(ref hints) > 5);
        subscription.Dispose();
        subscription.Dispose();
        var last = 0;
        using var own = one.Subscribe(() => Interlocked.Increment(ref last));
        await HintUntilAsync(one, () => Volatile.Read(ref last) > 0);
        // What was under way at the disposal has arrived.
        var arrived = Volatile.Read(ref hints);
        await HintUntilAsync(one, () => Volatile.Read(ref last) > 5);

        Assert.Equal(arrived, Volatile.Read(ref hints));
        // A store may hint once by itself, when its connection is restored.
        Assert.InRange(strange, 0, 1);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_name_is_kept_as_it_is(string name)
    {
        var (store, stranger) = (await OpenAsync(name), await OpenAsync($"{name[..^1]}_"));
        await store.ExchangeAsync(Exchange(name, digest: name));
        Assert.True(await store.TryTakeLeaseAsync(new(name, name, 1, Long)));
        Assert.True(await store.TryWriteDirectivesAsync(new(0, new(1, Bytes(name)), Bytes(name))));

        var digest = Assert.Single(await store.ReadDigestsAsync());

        Assert.Equal((name, name), (digest.MemberId, Text(digest.Content)));
        Assert.False(await store.TryTakeLeaseAsync(new(name, "other", 1, Long)));
        Assert.Empty(await stranger.ReadDigestsAsync());
        Assert.True(await stranger.TryTakeLeaseAsync(new(name, "other", 1, Long)));
        Assert.Equal(0, Assert.NotNull((await stranger.ExchangeAsync(FleetExchange.ReadAll())).Directives).Revision);
    }

    [Fact]
    public async Task Members_whose_names_differ_in_case_or_in_one_character_are_different()
    {
        var store = await OpenAsync("different");
        string[] members = ["a", "A", "a ", "a\n", "á", "a{}", "{a}"];
        foreach (var member in members)
        {
            await store.ExchangeAsync(Exchange(member, digest: member));
        }

        var digests = await store.ReadDigestsAsync();

        Assert.Equal(members.Order(StringComparer.Ordinal), digests.Select(digest => digest.MemberId).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task All_bytes_come_back_up_to_the_largest_size()
    {
        var store = await OpenAsync("bytes");
        byte[] bytes = [.. Enumerable.Range(0, FleetLimits.MaxDigestBytes).Select(i => (byte)((i * 7) ^ (i >> 8)))];

        await store.ExchangeAsync(new("a", bytes, Long, 0, 0));
        await store.WriteSummaryAsync(new(FleetLimits.MaxRevision, bytes));
        Assert.True(
            await store.TryWriteDirectivesAsync(new(0, new(FleetLimits.MaxRevision, bytes), bytes.AsMemory(0, FleetLimits.MaxAuditBytes)))
        );
        var reading = await store.ExchangeAsync(FleetExchange.ReadAll());

        Assert.Equal(bytes, Assert.Single(await store.ReadDigestsAsync()).Content.ToArray());
        Assert.Equal(bytes, Assert.NotNull(reading.Summary).Content.ToArray());
        Assert.Equal(bytes, Assert.NotNull(reading.Directives).Content.ToArray());
        Assert.Equal(FleetLimits.MaxRevision, Assert.NotNull(reading.Directives).Revision);
        Assert.Equal(FleetLimits.MaxRevision, Assert.NotNull(reading.Summary).Revision);
        Assert.Equal(bytes.Take(FleetLimits.MaxAuditBytes), Assert.Single(await store.ReadAuditAsync(1)).ToArray());
    }

    [Fact]
    public async Task What_exceeds_the_limits_is_refused_and_nothing_is_written()
    {
        var store = await OpenAsync("limits");
        var large = new byte[FleetLimits.MaxDigestBytes + 1];

        await Refuses(() => store.ExchangeAsync(new("a", large, Long, 0, 0)).AsTask());
        await Refuses(() => store.ExchangeAsync(Exchange("")).AsTask());
        await Refuses(() => store.ExchangeAsync(Exchange(new string('x', FleetLimits.MaxNameLength + 1))).AsTask());
        await Refuses(() => store.ExchangeAsync(Exchange("half \ud83d")).AsTask());
        await Refuses(() => store.ExchangeAsync(Exchange("a", timeToLive: TimeSpan.Zero)).AsTask());
        await Refuses(() => store.ExchangeAsync(Exchange("a", timeToLive: TimeSpan.MaxValue)).AsTask());
        await Refuses(() => store.WriteSummaryAsync(new(1, large)).AsTask());
        await Refuses(() => store.WriteSummaryAsync(new(0, Bytes("x"))).AsTask());
        await Refuses(() => store.TryWriteDirectivesAsync(new(0, new(1, large), Bytes("audit"))).AsTask());
        await Refuses(() => store.TryWriteDirectivesAsync(new(0, new(1, Bytes("x")), default)).AsTask());
        await Refuses(() => store.TryWriteDirectivesAsync(new(0, new(1, Bytes("x")), large)).AsTask());
        await Refuses(() => store.TryWriteDirectivesAsync(new(5, new(5, Bytes("x")), Bytes("audit"))).AsTask());
        await Refuses(() => store.TryWriteDirectivesAsync(new(-2, new(0, Bytes("x")), Bytes("audit"))).AsTask());
        await Refuses(() => store.TryWriteDirectivesAsync(new(0, new(FleetLimits.MaxRevision + 1, Bytes("x")), Bytes("audit"))).AsTask());
        await Refuses(() => store.WriteSummaryAsync(new(FleetLimits.MaxRevision + 1, Bytes("x"))).AsTask());
        await Refuses(() => store.TryTakeLeaseAsync(new("", "a", 1, Long)).AsTask());
        await Refuses(() => store.TryTakeLeaseAsync(new("r", "a", 0, Long)).AsTask());
        await Refuses(() => store.TryTakeLeaseAsync(new("r", "a", 1, TimeSpan.Zero)).AsTask());
        await Refuses(() => store.TryTakeLeaseAsync(new("r", "a", 1, TimeSpan.MaxValue)).AsTask());
        await Refuses(() => store.ReadAuditAsync(0).AsTask());

        var reading = await store.ExchangeAsync(FleetExchange.ReadAll());
        Assert.Equal((0, 0), (Assert.NotNull(reading.Summary).Revision, Assert.NotNull(reading.Directives).Revision));
        Assert.Empty(await store.ReadDigestsAsync());
        Assert.Empty(await store.ReadAuditAsync(1));
    }

    [Fact]
    public async Task Bytes_that_the_caller_changes_later_stay_as_they_were_written()
    {
        var store = await OpenAsync("copies");
        byte[] bytes = [1, 2, 3];
        await store.ExchangeAsync(new("a", bytes, Long, 0, 0));
        await store.WriteSummaryAsync(new(1, bytes));
        Assert.True(await store.TryWriteDirectivesAsync(new(0, new(1, bytes), bytes)));

        bytes[0] = 9;

        var reading = await store.ExchangeAsync(FleetExchange.ReadAll());
        Assert.Equal([1, 2, 3], Assert.Single(await store.ReadDigestsAsync()).Content.ToArray());
        Assert.Equal([1, 2, 3], Assert.NotNull(reading.Summary).Content.ToArray());
        Assert.Equal([1, 2, 3], Assert.NotNull(reading.Directives).Content.ToArray());
        Assert.Equal([1, 2, 3], Assert.Single(await store.ReadAuditAsync(1)).ToArray());
    }

    [Fact]
    public async Task The_time_of_the_store_runs()
    {
        var store = await OpenAsync("time");
        var before = (await store.ExchangeAsync(FleetExchange.ReadAll())).StoreTime;

        await PassAsync(Short);
        var after = (await store.ExchangeAsync(FleetExchange.ReadAll())).StoreTime;

        Assert.InRange(after - before, Short, Long);
    }

    [Fact]
    public async Task A_canceled_exchange_ends()
    {
        var store = await OpenAsync("canceled");
        using var canceled = new CancellationTokenSource();
        canceled.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.ExchangeAsync(Exchange("a"), canceled.Token).AsTask());
    }

    private static FleetExchange Exchange(
        string member,
        string digest = "digest",
        TimeSpan? timeToLive = null,
        long knownSummary = 0,
        long knownDirectives = 0
    ) => new(member, Bytes(digest), timeToLive ?? Long, knownSummary, knownDirectives);

    private static Task<ArgumentException> Refuses(Func<Task> act) => Assert.ThrowsAnyAsync<ArgumentException>(act);

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private static string Text(ReadOnlyMemory<byte> bytes) => System.Text.Encoding.UTF8.GetString(bytes.Span);

    /// <summary>Lets a time to live pass, and a little more: servers round to milliseconds.</summary>
    private ValueTask PassAsync(TimeSpan timeToLive) => WaitAsync(timeToLive + TimeSpan.FromMilliseconds(50));

    /// <summary>Hints again until a condition holds: a subscription may need a moment to reach the server, and a hint may be lost.</summary>
    private async Task HintUntilAsync(IFleetStore store, Func<bool> condition)
    {
        for (var attempt = 0; attempt < 100 && !condition(); attempt++)
        {
            await store.HintAsync();
            if (!condition())
            {
                await WaitAsync(TimeSpan.FromMilliseconds(50));
            }
        }

        Assert.True(condition());
    }
}
