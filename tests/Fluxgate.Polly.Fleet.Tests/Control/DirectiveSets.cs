namespace Fluxgate;

/// <summary>How sets of directives merge, and which directive counts.</summary>
public sealed class DirectiveSets
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("*", "payments", true)]
    [InlineData("payments", "Payments", true)]
    [InlineData("pay*", "payments", true)]
    [InlineData("*nts", "payments", true)]
    [InlineData("*a*e*", "payments", true)]
    [InlineData("p*s*", "payments", true)]
    [InlineData("payments*", "payments", true)]
    [InlineData("pay", "payments", false)]
    [InlineData("*x*", "payments", false)]
    [InlineData("", "payments", false)]
    [InlineData("tenants/*", "tenants/a/b", true)]
    [InlineData("tenants/?", "tenants/a", false)]
    [InlineData("**", "", true)]
    public void A_pattern_matches_with_stars_only(string pattern, string name, bool matches) =>
        Assert.Equal(matches, Glob.Matches(pattern, name));

    [Fact]
    public void A_hostile_pattern_ends_soon() =>
        Assert.False(Glob.Matches(string.Concat(Enumerable.Repeat("*a", 128)) + "b", new string('a', 256)));

    [Fact]
    public void The_shares_of_members_are_even()
    {
        var tenths = Enumerable
            .Range(0, 10_000)
            .GroupBy(i => (int)(Share.Of($"member {i}", "payments") / 10))
            .ToDictionary(one => one.Key, one => one.Count());

        Assert.Equal(Enumerable.Range(0, 10), tenths.Keys.Order());
        Assert.All(tenths.Values, count => Assert.InRange(count, 850, 1_150));
        Assert.Equal(Share.Of("member 1", "PAYMENTS"), Share.Of("member 1", "payments"));
    }

    [Fact]
    public void All_versions_select_the_same_share() => Assert.Equal(82.3260570561, Share.Of("member 1", "payments"), 10);

    [Fact]
    public void Merging_in_any_order_makes_the_same_set()
    {
        var random = new Random(6);
        for (var i = 0; i < 200; i++)
        {
            var all = Enumerable
                .Range(1, 12)
                .Select(revision =>
                    Directive(
                        revision,
                        (FleetAction)random.Next(1, 6),
                        random.Next(3) switch
                        {
                            0 => "*",
                            1 => "a",
                            _ => "b",
                        },
                        random.Next(60),
                        random.Next(2) == 0 ? null : random.Next(1, 120)
                    )
                )
                .ToArray();
            var now = Start.AddMinutes(70);
            var whole = DirectiveSet.Of(all).At(now);

            var (one, other) = (all.Where(_ => random.Next(2) == 0).ToArray(), all.Where(_ => random.Next(2) == 0).ToArray());
            var forth = DirectiveSet.Of(one).At(now).With(other).At(now).With(all).At(now);
            var back = DirectiveSet.Of(other).At(now).With(all).At(now).With(one).At(now);

            Assert.Equal(whole.All.AsEnumerable(), forth.All);
            Assert.Equal(whole.All.AsEnumerable(), back.All);
            foreach (var circuit in new[] { "a", "b", "c" })
            {
                // What was dropped decided nothing.
                var before = DirectiveSet.Of(all).Of(circuit, new("m", null), now);
                var after = whole.Of(circuit, new("m", null), now);
                Assert.Equal(before?.Demands, after?.Demands);
            }
        }
    }

    [Fact]
    public void A_release_stays_a_day_and_longer_as_long_as_it_ends_something()
    {
        var alone = DirectiveSet.Of([Directive(1, FleetAction.Release, "a", 0)]);
        var needed = DirectiveSet.Of([Directive(1, FleetAction.Disable, "*", 0), Directive(2, FleetAction.Release, "a", 1)]);

        Assert.Single(alone.At(Start.AddHours(23)).All);
        Assert.Empty(alone.At(Start.AddHours(25)).All);
        Assert.Equal(2, needed.At(Start.AddDays(400)).All.Length);
    }

    [Fact]
    public void A_directive_that_has_ended_at_this_moment_is_dropped()
    {
        var set = DirectiveSet.Of([Directive(1, FleetAction.Disable, "a", minute: 0, minutes: 5)]);

        Assert.Single(set.At(Start.AddMinutes(5).AddTicks(-1)).All);
        Assert.Empty(set.At(Start.AddMinutes(5)).All);
        Assert.Equal(Start.AddMinutes(5), set.NextExpiry());
    }

    [Fact]
    public void The_later_directive_counts_although_its_revision_is_lower()
    {
        var set = DirectiveSet.Of([Directive(1, FleetAction.Disable, "a", minute: 9), Directive(7, FleetAction.ForceOpen, "*", minute: 0)]);

        Assert.Equal(FleetAction.Disable, set.Of("a", new("m", null), Start.AddMinutes(10))?.Action);
    }

    [Theory]
    [InlineData("a", null, 100, "a", null, 100, true)]
    [InlineData("A", null, 100, "a", "east", 10, true)]
    [InlineData("*", null, 100, "a", "east", 10, true)]
    [InlineData("*", "east", 100, "a", "east", 10, true)]
    [InlineData("a", null, 50, "a", null, 50, true)]
    [InlineData("a", null, 50, "a", null, 10, true)]
    [InlineData("a", null, 10, "a", null, 50, false)]
    [InlineData("*", null, 50, "a", null, 10, false)]
    [InlineData("a", "east", 100, "a", null, 100, false)]
    [InlineData("a", "east", 100, "a", "west", 100, false)]
    [InlineData("a*", null, 100, "a", null, 100, false)]
    public void A_directive_takes_the_place_of_an_older_one_that_it_covers(
        string circuits,
        string? zone,
        double percentage,
        string older,
        string? olderZone,
        double olderPercentage,
        bool replaces
    )
    {
        var set = DirectiveSet.Of([
            Directive(1, FleetAction.Disable, older, 0) with
            {
                Zone = olderZone,
                Percentage = olderPercentage,
            },
            Directive(2, FleetAction.ForceOpen, circuits, 1) with
            {
                Zone = zone,
                Percentage = percentage,
            },
        ]);

        Assert.Equal(replaces ? 1 : 2, set.At(Start.AddMinutes(2)).All.Length);
    }

    [Fact]
    public void Other_circuits_have_other_members_in_their_share()
    {
        var members = Enumerable.Range(0, 1_000).Select(i => $"member {i}").ToArray();

        var both = members.Count(member => Share.Of(member, "payments") < 10 && Share.Of(member, "orders") < 10);

        Assert.InRange(both, 0, 40);
    }

    private static FleetDirective Directive(long revision, FleetAction action, string circuits, int minute, int? minutes = null) =>
        new()
        {
            Revision = revision,
            Action = action,
            Circuits = circuits,
            Reason = "r",
            By = "b",
            IssuedAt = Start.AddMinutes(minute),
            ExpiresAt =
                minutes is { } length && action is not (FleetAction.Release or FleetAction.Reset)
                    ? Start.AddMinutes(minute + length)
                    : null,
        };
}
