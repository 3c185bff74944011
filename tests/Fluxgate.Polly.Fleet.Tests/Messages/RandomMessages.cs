namespace Fluxgate;

/// <summary>Random messages of each kind, from a seed.</summary>
internal static class RandomMessages
{
    private static readonly string[] Texts = ["", "payments", "a/b {c}", "🚀 emoji", "ünï\u0001code", new string('x', 256)];

    public static byte[][] All(Random random) =>
        [
            DigestCodec.Write(Digest(random)),
            SummaryCodec.Write(Summary(random)),
            DirectivesCodec.Write(Directives(random)),
            AuditCodec.Write(new(Time(random), "member", "restored", random.Next(2) == 0 ? null : Directive(random))),
        ];

    public static FleetDigest Digest(Random random) =>
        new()
        {
            Zone = random.Next(2) == 0 ? null : Name(random),
            Number = random.NextInt64(1, FleetLimits.MaxRevision + 1),
            Period = TimeSpan.FromMilliseconds(random.Next(100_000)),
            Directives = random.Next(1_000),
            Circuits =
            [
                .. Enumerable
                    .Range(0, random.Next(6))
                    .Select(_ => new FleetCircuitReport
                    {
                        Name = Name(random),
                        Group = random.Next(2) == 0 ? null : Name(random),
                        State = (BreakerState)random.Next(6),
                        ReasonKind = (ReasonKind)random.Next(6),
                        Reason = OneLine.Of(Texts[random.Next(Texts.Length)]),
                        Rule = OneLine.Of(Texts[random.Next(Texts.Length)]),
                        Calls = new(random.Next(), random.Next(5), 0, random.NextInt64(1L << 40)),
                        SlowCalls = [.. Slow(random, reporters: 1)],
                        Directive = random.Next(3),
                        IsDivergent = random.Next(2) == 0,
                    }),
            ],
            Omitted = random.Next(3),
        };

    public static FleetSummary Summary(Random random) =>
        new()
        {
            Leader = Name(random),
            Members = random.Next(2_000),
            IgnoredDigests = random.Next(3),
            Zones = [.. Enumerable.Range(0, random.Next(4)).Select(_ => new FleetZone(Texts[random.Next(Texts.Length)], random.Next(50)))],
            Circuits =
            [
                .. Enumerable
                    .Range(0, random.Next(6))
                    .Select(_ => new FleetCircuit
                    {
                        Name = Name(random),
                        Group = random.Next(2) == 0 ? null : Name(random),
                        States = [random.Next(9), random.Next(9), 0, 1, random.Next(1_000), 0],
                        Divergent = random.Next(3),
                        Rules = random.Next(3),
                        Calls = new(random.NextInt64(FleetLimits.MaxRevision), random.Next(5), 0, 7),
                        SlowCalls = [.. Slow(random, reporters: random.Next(9))],
                    }),
            ],
            OmittedCircuits = random.Next(3),
        };

    public static DirectiveSet Directives(Random random) =>
        DirectiveSet.Of(Enumerable.Range(0, random.Next(5)).Select(_ => Directive(random)));

    private static FleetDirective Directive(Random random)
    {
        var issuedAt = Time(random);
        return new()
        {
            Revision = random.NextInt64(1, 1_000_000),
            Action = (FleetAction)random.Next(1, 6),
            Circuits = Name(random),
            Zone = random.Next(2) == 0 ? null : Name(random),
            Percentage = random.Next(1, 100_001) / 1_000d,
            Reason = Name(random),
            By = Name(random),
            IssuedAt = issuedAt,
            ExpiresAt = random.Next(2) == 0 ? null : issuedAt + TimeSpan.FromSeconds(random.Next(1, 1_000)),
        };
    }

    private static IEnumerable<FleetSlowCalls> Slow(Random random, int reporters) =>
        Enumerable
            .Range(1, random.Next(3))
            .Select(i => new FleetSlowCalls(TimeSpan.FromMilliseconds(i * 100), random.Next(100), reporters));

    private static string Name(Random random) => Texts[random.Next(1, Texts.Length)];

    private static DateTimeOffset Time(Random random) => DateTimeOffset.FromUnixTimeMilliseconds(random.NextInt64(1, 4_000_000_000_000));
}
