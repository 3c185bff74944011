namespace Fluxgate;

/// <summary>Invalid options of a group are errors at its creation.</summary>
public sealed class GroupOptionErrors
{
    public static TheoryData<BreakerGroupOptions, string> Invalid =>
        new()
        {
            {
                new() { MaxBreakers = 0 },
                "MaxBreakers must be at least 1 and at most 1000000, but is 0."
            },
            {
                new() { MaxBreakers = 1_000_001 },
                "MaxBreakers must be at least 1 and at most 1000000, but is 1000001."
            },
            {
                new() { IdleTimeout = TimeSpan.Zero },
                "IdleTimeout must be greater than zero, or Timeout.InfiniteTimeSpan for never, but is 00:00:00."
            },
            {
                new() { MaxOpenRatio = 0 },
                "MaxOpenRatio must be greater than 0 and at most 1 (1 is 100%), but is 0."
            },
            {
                new() { MaxOpenRatio = 1.5 },
                "MaxOpenRatio must be greater than 0 and at most 1 (1 is 100%), but is 1.5."
            },
            {
                new() { MaxOpenRatio = double.NaN },
                "MaxOpenRatio must be greater than 0 and at most 1 (1 is 100%), but is NaN."
            },
            {
                new() { MaxKeySeries = -1 },
                "MaxKeySeries must be at least 0 and at most 10000, but is -1."
            },
            {
                new() { MaxKeySeries = 10_001 },
                "MaxKeySeries must be at least 0 and at most 10000, but is 10001."
            },
            {
                new() { Overrides = { ["vip"] = null! } },
                "Overrides[\"vip\"]: must not be null."
            },
            {
                new() { Overrides = { ["v\nip"] = new() { ProbeLease = TimeSpan.Zero } } },
                "Overrides[\"v ip\"]: ProbeLease must be greater than zero, but is 00:00:00."
            },
        };

    [Theory]
    [MemberData(nameof(Invalid))]
    public void The_message_names_the_option_the_value_and_what_is_allowed(BreakerGroupOptions options, string message)
    {
        Assert.Equal([message], options.Errors);
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => new BreakerGroup("tenants", options: options)).Message);
    }

    [Fact]
    public void All_errors_are_reported_at_once()
    {
        var error = Assert.Throws<ArgumentException>(() =>
            new BreakerGroup("tenants", new() { ProbeLease = TimeSpan.Zero }, new() { MaxBreakers = 0, MaxOpenRatio = 2 })
        );

        Assert.StartsWith("3 settings are invalid:\n- ProbeLease must", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void A_group_needs_a_name(string? name) => Assert.ThrowsAny<ArgumentException>(() => new BreakerGroup(name!));

    [Fact]
    public void The_group_copies_its_options()
    {
        var options = new BreakerGroupOptions { MaxBreakers = 1, Overrides = { ["vip"] = new() { Tripper = Tripper.FailureStreak(1) } } };
        var world = new GroupWorld(options);
        options.MaxBreakers = 5;
        options.Overrides["vip"].Tripper = Tripper.FailureStreak(9);
        options.Overrides.Clear();

        world.Fail("vip", calls: 1);
        world.Call("acme");

        Assert.Equal((BreakerState.Open, "vip"), (world.Group.GetOrAdd("vip").State, world.Keys));
        Assert.Equal((1, "vip"), (world.Group.Options.MaxBreakers, Assert.Single(world.Group.Options.Overrides).Key));
    }

    [Fact]
    public void A_snapshot_with_a_negative_number_of_circuits_throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new BreakerGroup("tenants").Snapshot(worst: -1));
}
