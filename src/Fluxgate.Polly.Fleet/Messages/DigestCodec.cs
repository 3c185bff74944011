using System.Text;

namespace Fluxgate;

/// <summary>Writes and reads digests. The field numbers are part of the format: never reuse one.</summary>
internal static class DigestCodec
{
    private const int Zone = 1;
    private const int Number = 2;
    private const int Period = 3;
    private const int Directives = 4;
    private const int Omitted = 5;
    private const int Rule = 6;
    private const int Circuit = 7;

    private const int Name = 1;
    private const int State = 2;
    private const int ReasonKind = 3;
    private const int Reason = 4;
    private const int RuleIndex = 5;
    private const int Successes = 6;
    private const int Failures = 7;
    private const int Ignored = 8;
    private const int Rejected = 9;
    private const int Slow = 10;
    private const int Directive = 11;
    private const int IsDivergent = 12;
    private const int Group = 13;

    /// <summary>Writes a digest of at most 64 KB. Circuits at the end that find no place are omitted and counted.</summary>
    public static byte[] Write(FleetDigest digest)
    {
        var writer = new FieldWriter(MessageKind.Digest);
        writer.Add(Zone, digest.Zone);
        writer.Add(Number, digest.Number);
        writer.Add(Period, Math.Min((long)digest.Period.TotalMilliseconds, uint.MaxValue));
        writer.Add(Directives, digest.Directives);
        Dictionary<string, int> rules = new(StringComparer.Ordinal);
        var written = 0;
        foreach (var circuit in digest.Circuits.Take(MessageLimits.Circuits))
        {
            var length = writer.Length;
            var rule = MessageLimits.Fit(circuit.Rule, MessageLimits.Rule);
            if (rules.TryAdd(rule, rules.Count + 1))
            {
                writer.Add(Rule, Encoding.UTF8.GetBytes(rule).AsSpan());
            }

            writer.Add(Circuit, FieldsOf(circuit, rules[rule] == rules.Count ? 0 : rules[rule]));
            if (writer.Length > FleetLimits.MaxDigestBytes - 16)
            {
                writer.Truncate(length);
                break;
            }

            written++;
        }

        writer.Add(Omitted, FleetCalls.Sum(digest.Omitted, digest.Circuits.Count - written));
        return writer.ToArray();
    }

    /// <summary>Reads a digest.</summary>
    /// <returns><see langword="null"/> if it was read; otherwise, what is wrong with it.</returns>
    public static string? Read(ReadOnlySpan<byte> bytes, out FleetDigest digest)
    {
        var reader = FieldReader.Open(bytes, MessageKind.Digest, FleetLimits.MaxDigestBytes);
        List<string> rules = [];
        List<FleetCircuitReport> circuits = [];
        digest = new() { Number = 0 };
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case Zone:
                    digest = digest with { Zone = reader.Text(MessageLimits.Name) };
                    break;
                case Number:
                    digest = digest with { Number = reader.Number() };
                    break;
                case Period:
                    digest = digest with { Period = TimeSpan.FromMilliseconds(reader.Number(uint.MaxValue)) };
                    break;
                case Directives:
                    digest = digest with { Directives = reader.Number() };
                    break;
                case Omitted:
                    digest = digest with { Omitted = reader.Number() };
                    break;
                case Rule when rules.Count < MessageLimits.Rules:
                    rules.Add(reader.Text(MessageLimits.Rule));
                    break;
                case Circuit when circuits.Count < MessageLimits.Circuits:
                    circuits.Add(ReadCircuit(ref reader, rules));
                    break;
                case Rule or Circuit:
                    reader.Fail($"It has more than {RuleText.Number(MessageLimits.Circuits)} circuits or rules.");
                    break;
                default:
                    break;
            }
        }

        digest = digest with { Circuits = circuits };
        return reader.Error ?? (digest.Number == 0 ? "It has no number." : null);
    }

    /// <param name="circuit">The circuit.</param>
    /// <param name="rule">The place of its rule among the rules before it; 0 for the last one, so that circuits of one rule need no bytes for it.</param>
    private static FieldWriter FieldsOf(FleetCircuitReport circuit, int rule)
    {
        var writer = new FieldWriter();
        writer.Add(Name, MessageLimits.Shorten(circuit.Name, MessageLimits.Name));
        writer.Add(State, (long)circuit.State);
        writer.Add(ReasonKind, (long)circuit.ReasonKind);
        writer.Add(Reason, MessageLimits.Fit(circuit.Reason, MessageLimits.Reason));
        writer.Add(RuleIndex, rule);
        AddCalls(writer, circuit.Calls, Successes);
        foreach (var slow in circuit.SlowCalls.Take(MessageLimits.SlowThresholds))
        {
            writer.Add(Slow, SlowCodec.Write(slow with { Calls = Math.Min(slow.Calls, MessageLimits.Calls) }));
        }

        writer.Add(Directive, circuit.Directive);
        writer.Add(IsDivergent, circuit.IsDivergent ? 1 : 0);
        writer.Add(Group, circuit.Group is null ? null : MessageLimits.Shorten(circuit.Group, MessageLimits.Name));
        return writer;
    }

    private static void AddCalls(FieldWriter writer, in FleetCalls calls, int first)
    {
        writer.Add(first, Math.Min(calls.Successes, MessageLimits.Calls));
        writer.Add(first + 1, Math.Min(calls.Failures, MessageLimits.Calls));
        writer.Add(first + 2, Math.Min(calls.Ignored, MessageLimits.Calls));
        writer.Add(first + 3, Math.Min(calls.Rejected, MessageLimits.Calls));
    }

    private static FleetCircuitReport ReadCircuit(ref FieldReader message, List<string> rules)
    {
        var reader = message.Fields();
        FleetCircuitReport circuit = new() { Name = "", Rule = rules.Count > 0 ? rules[^1] : "" };
        List<FleetSlowCalls> slow = [];
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case Name:
                    circuit = circuit with { Name = reader.Text(MessageLimits.Name) };
                    break;
                case State:
                    circuit = circuit with { State = (BreakerState)reader.Number((long)BreakerState.ForcedOpen) };
                    break;
                case ReasonKind:
                    circuit = circuit with { ReasonKind = (ReasonKind)reader.Number(byte.MaxValue) };
                    break;
                case Reason:
                    circuit = circuit with { Reason = OneLine.Of(reader.Text(MessageLimits.Reason)) };
                    break;
                case RuleIndex:
                    var index = (int)reader.Number(rules.Count);
                    circuit = index is 0 ? circuit : circuit with { Rule = rules[index - 1] };
                    break;
                case Successes:
                    circuit = circuit with { Calls = circuit.Calls with { Successes = reader.Number(MessageLimits.Calls) } };
                    break;
                case Failures:
                    circuit = circuit with { Calls = circuit.Calls with { Failures = reader.Number(MessageLimits.Calls) } };
                    break;
                case Ignored:
                    circuit = circuit with { Calls = circuit.Calls with { Ignored = reader.Number(MessageLimits.Calls) } };
                    break;
                case Rejected:
                    circuit = circuit with { Calls = circuit.Calls with { Rejected = reader.Number(MessageLimits.Calls) } };
                    break;
                case Slow when slow.Count < MessageLimits.SlowThresholds:
                    slow.Add(SlowCodec.Read(ref reader, MessageLimits.Calls));
                    break;
                case Slow:
                    reader.Fail($"A circuit has more than {RuleText.Number(MessageLimits.SlowThresholds)} slow thresholds.");
                    break;
                case Directive:
                    circuit = circuit with { Directive = reader.Number() };
                    break;
                case Group:
                    circuit = circuit with { Group = reader.Text(MessageLimits.Name) };
                    break;
                case IsDivergent:
                    circuit = circuit with { IsDivergent = reader.Number(1) == 1 };
                    break;
                default:
                    break;
            }
        }

        message.Fail(reader.Error ?? (circuit.Name.Length == 0 ? "A circuit has no name." : null));
        return circuit with { SlowCalls = slow };
    }
}
