namespace Fluxgate;

/// <summary>The format of messages: what is written is read, also by other versions.</summary>
public sealed class MessageFormats
{
    [Fact]
    public void Messages_are_read_as_they_were_written()
    {
        var random = new Random(4);
        for (var i = 0; i < 2_000; i++)
        {
            var digest = RandomMessages.Digest(random);
            Assert.Null(DigestCodec.Read(DigestCodec.Write(digest), out var readDigest));
            Assert.Equivalent(
                digest with
                {
                    Circuits =
                    [
                        .. digest.Circuits.Select(circuit => circuit with { SlowCalls = [.. circuit.SlowCalls.Select(slow => slow)] }),
                    ],
                },
                readDigest,
                strict: true
            );

            var summary = RandomMessages.Summary(random);
            Assert.Null(SummaryCodec.Read(SummaryCodec.Write(summary), out var readSummary));
            Assert.Equivalent(summary, readSummary, strict: true);

            var directives = RandomMessages.Directives(random);
            Assert.Null(DirectivesCodec.Read(DirectivesCodec.Write(directives), out var readDirectives));
            Assert.Equal(directives.All, readDirectives.All.Select(directive => directive with { Raw = default }));
            Assert.Equal(DirectivesCodec.Write(directives), DirectivesCodec.Write(readDirectives));
        }
    }

    [Fact]
    public void Version_1_stays_readable()
    {
        // Written by the first version. A change of these bytes breaks fleets during a deployment: change the version instead.
        const string Digest =
            "4658010101010265750202AC020302E80704010706104661696C757265526174652835302529074901087061796D656E7473"
            + "02010103010104164661696C7572655261746520363225203E3D20353025060101070102080103090290030A0C0104"
            + "80ADE2040201050301010B01070C0101050102";
        const string Directives =
            "4658030101013001010702010103047061792A040265750502D46106056472696C6C0703616E6E080680D095FFBC310906E0" + "A499FFBC31";
        const string Summary =
            "465802010101036F6E650201040601050307010265750201030307010275730201010449010C74656E616E74732F61636D65"
            + "0F0774656E616E747302010603010704010805010906010A07010B08010C09010D0A010E0B010F0C01100D01110E0C010480"
            + "ADE204020112030113050114";
        const string Audit =
            "4658040101010681D095FFBC31043001010702010103047061792A040265750502D46106056472696C6C0703616E6E080680"
            + "D095FFBC310906E0A499FFBC31";
        const string Restored = "4658040101010682D095FFBC3102036F6E650308726573746F726564";
        FleetDigest digest = new()
        {
            Zone = "eu",
            Number = 300,
            Period = TimeSpan.FromSeconds(1),
            Directives = 7,
            Circuits =
            [
                new()
                {
                    Name = "payments",
                    State = BreakerState.Open,
                    ReasonKind = ReasonKind.Tripped,
                    Reason = "FailureRate 62% >= 50%",
                    Rule = "FailureRate(50%)",
                    Calls = new(1, 2, 3, 400),
                    SlowCalls = [new(TimeSpan.FromSeconds(1), 5, 1)],
                    Directive = 7,
                    IsDivergent = true,
                },
            ],
            Omitted = 2,
        };
        var directives = DirectiveSet.Of([
            new()
            {
                Revision = 7,
                Action = FleetAction.ForceOpen,
                Circuits = "pay*",
                Zone = "eu",
                Percentage = 12.5,
                Reason = "drill",
                By = "ann",
                IssuedAt = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000),
                ExpiresAt = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_060_000),
            },
        ]);
        FleetSummary summary = new()
        {
            Leader = "one",
            Members = 4,
            IgnoredDigests = 5,
            Zones = [new("eu", 3), new("us", 1)],
            Circuits =
            [
                new()
                {
                    Name = "tenants/acme",
                    Group = "tenants",
                    States = [6, 7, 8, 9, 10, 11],
                    Divergent = 12,
                    Rules = 13,
                    Calls = new(14, 15, 16, 17),
                    SlowCalls = [new(TimeSpan.FromSeconds(1), 18, 19)],
                },
            ],
            OmittedCircuits = 20,
        };
        FleetAuditEntry issued = new(
            DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_001),
            "ann",
            $"{directives.All[0]}",
            directives.All[0]
        );
        FleetAuditEntry restored = new(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_002), "one", "restored", null);

        Assert.Equal(Digest, Convert.ToHexString(DigestCodec.Write(digest)));
        Assert.Equal(Directives, Convert.ToHexString(DirectivesCodec.Write(directives)));
        Assert.Null(DigestCodec.Read(Convert.FromHexString(Digest), out var read));
        Assert.Equivalent(digest, read, strict: true);
        Assert.Null(DirectivesCodec.Read(Convert.FromHexString(Directives), out var readDirectives));
        Assert.Equal(directives.All[0], readDirectives.All[0] with { Raw = default });
        Assert.Equal(Summary, Convert.ToHexString(SummaryCodec.Write(summary)));
        Assert.Null(SummaryCodec.Read(Convert.FromHexString(Summary), out var readSummary));
        Assert.Equivalent(summary, readSummary, strict: true);
        Assert.Equal([Audit, Restored], [Convert.ToHexString(AuditCodec.Write(issued)), Convert.ToHexString(AuditCodec.Write(restored))]);
        Assert.Null(AuditCodec.Read(Convert.FromHexString(Audit), out var readIssued));
        Assert.Equal(issued, readIssued with { Directive = readIssued.Directive! with { Raw = default } });
        Assert.Null(AuditCodec.Read(Convert.FromHexString(Restored), out var readRestored));
        Assert.Equal(restored, readRestored);
    }

    [Fact]
    public void Fields_of_a_later_version_are_skipped()
    {
        var bytes = DigestCodec.Write(new() { Number = 5, Circuits = [new() { Name = "payments" }] });
        bytes[3] = 9;
        byte[] later = [.. bytes, 0xe8, 0x07, 3, 1, 2, 3];

        Assert.Null(DigestCodec.Read(later, out var digest));

        Assert.Equal(("payments", 5), (Assert.Single(digest.Circuits).Name, digest.Number));
    }

    [Fact]
    public async Task A_fleet_of_two_versions_is_one_fleet_and_the_view_groups_by_rule()
    {
        var world = new FleetWorld();
        world.Add("old", settings: new() { Tripper = Tripper.FailureStreak(5) });
        world.Add("also old", settings: new() { Tripper = Tripper.FailureStreak(5) });
        var later = DigestCodec.Write(
            new()
            {
                Number = 5,
                Circuits =
                [
                    new()
                    {
                        Name = "payments",
                        Rule = "Later(1)",
                        State = BreakerState.Open,
                    },
                ],
            }
        );
        later[3] = 2;
        await world.Store.ExchangeAsync(new("new", (byte[])[.. later, 0xe8, 0x07, 1, 1], TimeSpan.FromHours(1), 0, 0));

        await world.StepAsync(2);
        var report = await world[0].View.ReadAsync();

        Assert.Equal(3, world[0].View.Summary?.Members);
        Assert.Equal(2, Assert.Single(world[0].View.Summary!.Circuits).Rules);
        Assert.Equal([new("FailureStreak(5)", 2), new("Later(1)", 1)], report.RulesOf("payments"));
    }

    [Fact]
    public async Task A_member_keeps_directives_of_a_later_version_that_it_does_not_know()
    {
        var fields = new FieldWriter();
        fields.Add(1, 900);
        fields.Add(2, 77);
        fields.Add(3, "payments");
        fields.Add(8, 1_700_000_000_000);
        fields.Add(99, "unknown");
        var message = new FieldWriter(MessageKind.Directives);
        message.Add(1, fields);
        var world = new FleetWorld(1);
        await world.Store.TryWriteDirectivesAsync(new(0, new(900, message.ToArray()), new byte[] { 1 }));
        await world.StepAsync(2);
        Assert.Equal(1, world.In(BreakerState.Closed));

        world.Store.Flush();
        await world.StepAsync(2);

        var restored = (await world.Store.ExchangeAsync(FleetExchange.ReadAll())).Directives.GetValueOrDefault();
        Assert.Equal(message.ToArray(), restored.Content.ToArray());
    }
}
