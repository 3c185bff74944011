namespace Fluxgate;

/// <summary>Bytes that are no message, or a damaged one. Readers say why and never throw.</summary>
public sealed class HostileMessages
{
    private static readonly Func<byte[], string?>[] Readers =
    [
        bytes => DigestCodec.Read(bytes, out _),
        bytes => SummaryCodec.Read(bytes, out _),
        bytes => DirectivesCodec.Read(bytes, out _),
        bytes => AuditCodec.Read(bytes, out _),
    ];

    [Fact]
    public void Random_bytes_are_refused()
    {
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = new byte[random.Next(1, 300)];
            random.NextBytes(bytes);
            Assert.All(Readers, read => Assert.NotNull(read(bytes)));
        }
    }

    [Fact]
    public void Random_fields_behind_a_valid_header_are_read_or_refused()
    {
        var random = new Random(2);
        for (var i = 0; i < 20_000; i++)
        {
            for (var kind = 0; kind < Readers.Length; kind++)
            {
                var bytes = new byte[random.Next(5, 120)];
                random.NextBytes(bytes);

                // Small numbers make fields that exist.
                for (var at = 0; at < bytes.Length; at++)
                {
                    bytes[at] = random.Next(3) > 0 ? (byte)(bytes[at] % 16) : bytes[at];
                }

                byte[] header = [(byte)'F', (byte)'X', (byte)(kind + 1), 1, 1];
                header.CopyTo(bytes, 0);
                Readers[kind](bytes);
            }
        }
    }

    [Fact]
    public void Mutations_and_truncations_of_messages_are_read_or_refused()
    {
        var random = new Random(3);
        for (var sample = 0; sample < 20; sample++)
        {
            var messages = RandomMessages.All(random);
            for (var kind = 0; kind < messages.Length; kind++)
            {
                Assert.Null(Readers[kind](messages[kind]));
                for (var length = 0; length < messages[kind].Length; length++)
                {
                    Readers[kind](messages[kind][..length]);
                }

                for (var i = 0; i < 300; i++)
                {
                    var mutated = messages[kind].ToArray();
                    for (var flips = random.Next(1, 5); flips > 0; flips--)
                    {
                        mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
                    }

                    Readers[kind](mutated);
                }
            }
        }
    }

    [Theory]
    [InlineData("", "It is not a message of a fleet.")]
    [InlineData("4658", "It is not a message of a fleet.")]
    [InlineData("58580101011201", "It is not a message of a fleet.")]
    [InlineData("4658020101", "It is a message of the kind 2, not Digest.")]
    [InlineData("4658010202", "Its version 2 needs a reader of version 2; this one has version 1.")]
    [InlineData("4658010101", "It has no number.")]
    [InlineData("4658010101020201", "A field ends behind the message.")]
    [InlineData("46580101010209ffffffffffffffff7f", "Field 2 must be a number of at most 9007199254740992.")]
    [InlineData("465801010102020101", "Field 2 must be a number of at most 9007199254740992.")]
    [InlineData("4658010101" + "020a" + "ffffffffffffffffff01", "Field 2 must be a number of at most 9007199254740992.")]
    [InlineData("4658010101" + "8280808010" + "0105", "A field ends behind the message.")]
    [InlineData("4658010101020101" + "0102c328", "Field 1 must be a text of at most 256 characters.")]
    [InlineData("4658010101020101" + "0703020101", "A circuit has no name.")]
    [InlineData("4658010101020101" + "0706" + "010161" + "020106", "Field 2 must be a number of at most 5.")]
    [InlineData("4658010101020101" + "0706" + "010161" + "050101", "Field 5 must be a number of at most 0.")]
    public void The_error_says_what_is_wrong(string hex, string error) =>
        Assert.Equal(error, DigestCodec.Read(Convert.FromHexString(hex), out _));

    [Fact]
    public void Too_many_circuits_are_refused()
    {
        var digest = new FleetDigest
        {
            Number = 1,
            Circuits = [.. Enumerable.Range(0, 500).Select(i => new FleetCircuitReport { Name = $"{i}" })],
        };
        var bytes = DigestCodec.Write(digest);
        Assert.Null(DigestCodec.Read(bytes, out _));

        byte[] oneMore = [.. bytes, 7, 3, 1, 1, (byte)'x'];

        Assert.Equal("It has more than 500 circuits or rules.", DigestCodec.Read(oneMore, out _));
        Assert.StartsWith("It has 65537 bytes", DigestCodec.Read(new byte[65_537], out _), StringComparison.Ordinal);
    }

    [Fact]
    public void Maximum_numbers_make_a_readable_summary()
    {
        var hostile = new FleetDigest
        {
            Number = 1,
            Circuits = [.. Enumerable.Range(0, 500).Select(i => new FleetCircuitReport { Name = $"{i} {new string('x', 200)}" })],
            Omitted = FleetLimits.MaxRevision,
        };

        var bytes = SummaryCodec.Write(Summarizer.Summarize("leader", [hostile, hostile], 0));

        Assert.Null(SummaryCodec.Read(bytes, out var summary));
        Assert.Equal((2, FleetLimits.MaxRevision), (summary.Members, summary.OmittedCircuits));
    }

    [Fact]
    public void A_duplicate_circuit_in_a_digest_counts_as_one_member()
    {
        FleetCircuitReport payments = new() { Name = "payments", Calls = new(1, 0, 0, 0) };
        var hostile = new FleetDigest { Number = 1, Circuits = [.. Enumerable.Repeat(payments, 400)] };

        var summary = Summarizer.Summarize("leader", [hostile], 0);

        Assert.Equal((1, 1), (Assert.Single(summary.Circuits).Members, Assert.Single(summary.Circuits).Calls.Successes));
    }

    [Fact]
    public void A_digest_at_the_ends_of_its_numbers_can_be_read()
    {
        var digest = new FleetDigest
        {
            Number = 1,
            Period = TimeSpan.MaxValue,
            Omitted = long.MaxValue,
            Circuits =
            [
                new()
                {
                    Name = new string('k', 999) + "\ud83d\ude80",
                    Group = new string('g', 300),
                    Calls = new(long.MaxValue, long.MaxValue, long.MaxValue, long.MaxValue),
                    SlowCalls = [new(TimeSpan.MaxValue, long.MaxValue, 1)],
                },
            ],
        };

        Assert.Null(DigestCodec.Read(DigestCodec.Write(digest), out var read));

        var circuit = Assert.Single(read.Circuits);
        Assert.Equal((256, 256), (circuit.Name.Length, circuit.Group?.Length));
        Assert.Equal(new(MessageLimits.Calls, MessageLimits.Calls, MessageLimits.Calls, MessageLimits.Calls), circuit.Calls);
        Assert.Equal(MessageLimits.Calls, Assert.Single(circuit.SlowCalls).Calls);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(9)]
    public void A_directive_at_the_end_of_time_is_refused(int field)
    {
        var fields = new FieldWriter();
        fields.Add(1, 900);
        fields.Add(2, 1);
        fields.Add(3, "payments");
        fields.Add(field, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds());
        var message = new FieldWriter(MessageKind.Directives);
        message.Add(1, fields);

        // The next order is issued later than all others.
        Assert.StartsWith($"Field {field} must be", DirectivesCodec.Read(message.ToArray(), out _), StringComparison.Ordinal);
    }

    [Fact]
    public void A_digest_with_too_many_rules_is_refused() =>
        Assert.Equal(
            "It has more than 500 circuits or rules.",
            DigestCodec.Read(Repeated(MessageKind.Digest, MessageLimits.Rules + 1, 6, "rule"u8.ToArray()), out _)
        );

    [Fact]
    public void A_summary_with_too_many_zones_or_circuits_is_refused()
    {
        var named = new FieldWriter();
        named.Add(1, "x");

        foreach (var (field, most) in new[] { (3, MessageLimits.Zones), (4, MessageLimits.Circuits) })
        {
            Assert.Null(SummaryCodec.Read(Repeated(MessageKind.Summary, most, field, named.ToArray()), out _));
            Assert.Equal(
                "It has too many zones or circuits.",
                SummaryCodec.Read(Repeated(MessageKind.Summary, most + 1, field, named.ToArray()), out _)
            );
        }
    }

    [Fact]
    public void A_circuit_with_too_many_slow_thresholds_is_refused()
    {
        var (inDigest, inSummary) = (Circuit(slow: 10), Circuit(slow: 14));

        Assert.Matches(
            "A circuit has more than [0-9]+ slow thresholds.",
            DigestCodec.Read(Repeated(MessageKind.Digest, 1, 7, inDigest), out _)
        );
        Assert.Equal("A circuit has too many slow thresholds.", SummaryCodec.Read(Repeated(MessageKind.Summary, 1, 4, inSummary), out _));

        static byte[] Circuit(int slow)
        {
            var circuit = new FieldWriter();
            circuit.Add(1, "payments");
            for (var i = 0; i <= MessageLimits.SlowThresholds; i++)
            {
                circuit.Add(slow, SlowCodec.Write(new(TimeSpan.FromSeconds(i + 1), 1, 1)));
            }

            return circuit.ToArray();
        }
    }

    [Fact]
    public void More_than_200_directives_are_refused()
    {
        var directive = Directive(revision: 900, action: 1, "payments");

        Assert.Null(DirectivesCodec.Read(Repeated(MessageKind.Directives, 200, 1, directive), out _));
        Assert.Equal("It has more than 200 directives.", DirectivesCodec.Read(Repeated(MessageKind.Directives, 201, 1, directive), out _));
    }

    [Theory]
    [InlineData(0, 1, "payments")]
    [InlineData(900, 0, "payments")]
    [InlineData(900, 1, "")]
    public void A_directive_without_revision_action_or_circuits_is_refused(long revision, long action, string circuits) =>
        Assert.Equal(
            "A directive has no revision, no action or no circuits.",
            DirectivesCodec.Read(Repeated(MessageKind.Directives, 1, 1, Directive(revision, action, circuits)), out _)
        );

    [Fact]
    public void Messages_stay_below_64_KB_and_count_what_they_omit()
    {
        FleetCircuitReport[] reports =
        [
            .. Enumerable.Range(0, 500).Select(i => new FleetCircuitReport { Name = $"{i} {new string('x', 200)}" }),
        ];
        FleetCircuit[] circuits = [.. reports.Select(report => new FleetCircuit { Name = report.Name })];

        var digest = DigestCodec.Write(
            new()
            {
                Number = 1,
                Circuits = reports,
                Omitted = 7,
            }
        );
        var summary = SummaryCodec.Write(new() { Circuits = circuits, OmittedCircuits = 7 });

        Assert.Null(DigestCodec.Read(digest, out var readDigest));
        Assert.Null(SummaryCodec.Read(summary, out var readSummary));
        Assert.InRange(readDigest.Circuits.Count, 200, 499);
        Assert.Equal(507, readDigest.Omitted + readDigest.Circuits.Count);
        Assert.InRange(readSummary.Circuits.Count, 200, 499);
        Assert.Equal(507, readSummary.OmittedCircuits + readSummary.Circuits.Count);
    }

    [Fact]
    public void A_name_of_257_characters_is_refused()
    {
        var (longest, longer) = (new FieldWriter(MessageKind.Audit), new FieldWriter(MessageKind.Audit));
        longest.Add(2, new string('x', 256));
        longer.Add(2, new string('x', 257));

        Assert.Null(AuditCodec.Read(longest.ToArray(), out _));
        Assert.Equal("Field 2 must be a text of at most 256 characters.", AuditCodec.Read(longer.ToArray(), out _));
    }

    private static byte[] Directive(long revision, long action, string circuits)
    {
        var fields = new FieldWriter();
        fields.Add(1, revision);
        fields.Add(2, action);
        fields.Add(3, circuits);
        return fields.ToArray();
    }

    private static byte[] Repeated(MessageKind kind, int times, int field, byte[] content)
    {
        var message = new FieldWriter(kind);
        if (kind == MessageKind.Digest)
        {
            message.Add(2, 1);
        }

        for (var i = 0; i < times; i++)
        {
            message.Add(field, content);
        }

        return message.ToArray();
    }
}
