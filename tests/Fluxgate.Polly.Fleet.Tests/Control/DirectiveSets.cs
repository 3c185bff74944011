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
