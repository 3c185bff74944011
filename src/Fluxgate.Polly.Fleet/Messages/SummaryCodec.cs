namespace Fluxgate;

/// <summary>Writes and reads summaries. The field numbers are part of the format: never reuse one.</summary>
internal static class SummaryCodec
{
    private const int Leader = 1;
    private const int Members = 2;
    private const int Zone = 3;
    private const int Circuit = 4;
    private const int Omitted = 5;
    private const int IgnoredDigests = 6;

    private const int Name = 1;
    private const int ZoneMembers = 2;

    private const int FirstState = 2;
    private const int LastState = FirstState + (int)BreakerState.ForcedOpen;
    private const int Divergent = 8;
    private const int Rules = 9;
    private const int Successes = 10;
    private const int Failures = 11;
    private const int Ignored = 12;
    private const int Rejected = 13;
    private const int Slow = 14;
    private const int Group = 15;

    /// <summary>Writes a summary of at most 64 KB. Circuits at the end that find no place are omitted and counted.</summary>
    public static byte[] Write(FleetSummary summary)
    {
        var writer = new FieldWriter(MessageKind.Summary);
        writer.Add(Leader, summary.Leader);
        writer.Add(Members, summary.Members);
        writer.Add(IgnoredDigests, summary.IgnoredDigests);
        foreach (var zone in summary.Zones.Take(MessageLimits.Zones))
        {
            var fields = new FieldWriter();
            fields.Add(Name, zone.Name);
            fields.Add(ZoneMembers, zone.Members);
            writer.Add(Zone, fields);
        }

        var written = 0;
        foreach (var circuit in summary.Circuits.Take(MessageLimits.Circuits))
        {
            var length = writer.Length;
            writer.Add(Circuit, FieldsOf(circuit));
            if (writer.Length > FleetLimits.MaxSummaryBytes - 16)
            {
                writer.Truncate(length);
                break;
            }

            written++;
        }

        writer.Add(Omitted, FleetCalls.Sum(summary.OmittedCircuits, summary.Circuits.Count - written));
        return writer.ToArray();
    }

    /// <summary>Reads a summary.</summary>
    /// <returns><see langword="null"/> if it was read; otherwise, what is wrong with it.</returns>
    public static string? Read(ReadOnlySpan<byte> bytes, out FleetSummary summary)
    {
        var reader = FieldReader.Open(bytes, MessageKind.Summary, FleetLimits.MaxSummaryBytes);
        List<FleetZone> zones = [];
        List<FleetCircuit> circuits = [];
        summary = new();
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case Leader:
                    summary = summary with { Leader = reader.Text(MessageLimits.Name) };
                    break;
                case Members:
                    summary = summary with { Members = Count(ref reader) };
                    break;
                case IgnoredDigests:
                    summary = summary with { IgnoredDigests = Count(ref reader) };
                    break;
                case Omitted:
                    summary = summary with { OmittedCircuits = reader.Number() };
                    break;
                case Zone when zones.Count < MessageLimits.Zones:
                    zones.Add(ReadZone(ref reader));
                    break;
                case Circuit when circuits.Count < MessageLimits.Circuits:
                    circuits.Add(ReadCircuit(ref reader));
                    break;
                case Zone or Circuit:
                    reader.Fail("It has too many zones or circuits.");
                    break;
                default:
                    break;
            }
        }

        summary = summary with { Zones = zones, Circuits = circuits };
        return reader.Error;
    }

    private static FieldWriter FieldsOf(FleetCircuit circuit)
    {
        var writer = new FieldWriter();
        writer.Add(Name, circuit.Name);
        writer.Add(Group, circuit.Group);
        for (var state = 0; state < circuit.States.Length; state++)
        {
            writer.Add(FirstState + state, circuit.States[state]);
        }

        writer.Add(Divergent, circuit.Divergent);
        writer.Add(Rules, circuit.Rules);
        writer.Add(Successes, circuit.Calls.Successes);
        writer.Add(Failures, circuit.Calls.Failures);
        writer.Add(Ignored, circuit.Calls.Ignored);
        writer.Add(Rejected, circuit.Calls.Rejected);
        foreach (var slow in circuit.SlowCalls.Take(MessageLimits.SlowThresholds))
        {
            writer.Add(Slow, SlowCodec.Write(slow));
        }

        return writer;
    }

    private static FleetZone ReadZone(ref FieldReader message)
    {
        var reader = message.Fields();
        FleetZone zone = new("", 0);
        while (reader.Read())
        {
            zone = reader.Field switch
            {
                Name => zone with { Name = reader.Text(MessageLimits.Name) },
                ZoneMembers => zone with { Members = Count(ref reader) },
                _ => zone,
            };
        }

        message.Fail(reader.Error);
        return zone;
    }

    private static FleetCircuit ReadCircuit(ref FieldReader message)
    {
        var reader = message.Fields();
        FleetCircuit circuit = new() { Name = "" };
        List<FleetSlowCalls> slow = [];
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case Name:
                    circuit = circuit with { Name = reader.Text(MessageLimits.Name) };
                    break;
                case >= FirstState and <= LastState:
                    circuit.States[reader.Field - FirstState] = Count(ref reader);
                    break;
                case Group:
                    circuit = circuit with { Group = reader.Text(MessageLimits.Name) };
                    break;
                case Divergent:
                    circuit = circuit with { Divergent = Count(ref reader) };
                    break;
                case Rules:
                    circuit = circuit with { Rules = Count(ref reader) };
                    break;
                case Successes:
                    circuit = circuit with { Calls = circuit.Calls with { Successes = reader.Number() } };
                    break;
                case Failures:
                    circuit = circuit with { Calls = circuit.Calls with { Failures = reader.Number() } };
                    break;
                case Ignored:
                    circuit = circuit with { Calls = circuit.Calls with { Ignored = reader.Number() } };
                    break;
                case Rejected:
                    circuit = circuit with { Calls = circuit.Calls with { Rejected = reader.Number() } };
                    break;
                case Slow when slow.Count < MessageLimits.SlowThresholds:
                    slow.Add(SlowCodec.Read(ref reader, FleetLimits.MaxRevision));
                    break;
                case Slow:
                    reader.Fail("A circuit has too many slow thresholds.");
                    break;
                default:
                    break;
            }
        }

        message.Fail(reader.Error ?? (circuit.Name.Length == 0 ? "A circuit has no name." : null));
        return circuit with { SlowCalls = slow };
    }

    // A fleet of more than a million members does not exist; a sum of such numbers stays a number.
    private static int Count(ref FieldReader reader) => (int)reader.Number(1_000_000);
}
