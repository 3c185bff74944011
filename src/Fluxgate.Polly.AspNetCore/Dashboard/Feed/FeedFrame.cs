using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;

namespace Fluxgate;

/// <summary>
/// One reading of all circuits as events of a stream. All viewers are sent the same bytes: the changes if they have the frame before, or else all.
/// </summary>
internal sealed class FeedFrame(long number, string server, FeedMoment moment, IReadOnlyDictionary<string, FeedRow> rows, FeedFleet fleet)
{
    private readonly ConcurrentDictionary<CircuitAddress, Lazy<byte[]>> _details = [];
    private readonly Lazy<byte[]> _full = new(() => Write("full", rows.Values, fleet.Json, number, server, moment, withLogs: true));

    public long Number => number;

    public IReadOnlyDictionary<string, FeedRow> Rows => rows;

    /// <summary>Gets the rows that differ from the frame before.</summary>
    public byte[] Changes { get; } =
        Write(
            "changes",
            rows.Values.Where(row => row.IsChanged),
            fleet.IsChanged ? fleet.Json : null,
            number,
            server,
            moment,
            withLogs: false
        );

    /// <summary>Gets all rows with their histories. Created once, if a viewer needs it.</summary>
    public byte[] Full => _full.Value;

    /// <summary>Returns the event with the detail of one circuit. It is read once for all viewers who look at the circuit.</summary>
    public byte[] DetailOf(CircuitAddress address, Func<CircuitAddress, byte[]> read) =>
        _details.GetOrAdd(address, _ => new(() => read(address))).Value;

    /// <summary>Returns an event of a stream with JSON, which contains no line break.</summary>
    public static byte[] Event(string name, ReadOnlySpan<byte> json)
    {
        var bytes = new ArrayBufferWriter<byte>(json.Length + 32);
        bytes.Write("event: "u8);
        Encoding.UTF8.GetBytes(name, bytes);
        bytes.Write("\ndata: "u8);
        bytes.Write(json);
        bytes.Write("\n\n"u8);
        return bytes.WrittenSpan.ToArray();
    }

    private static byte[] Write(
        string name,
        IEnumerable<FeedRow> sent,
        byte[]? fleet,
        long number,
        string server,
        FeedMoment moment,
        bool withLogs
    )
    {
        var bytes = new ArrayBufferWriter<byte>(4096);
        using var json = new Utf8JsonWriter(bytes, new() { Encoder = DashboardJson.Plain.Options.Encoder });
        json.WriteStartObject();
        json.WriteNumber("number", number);
        json.WriteString("server", server);
        json.WriteString("time", moment.Time);
        json.WriteNumber("bucket", moment.Bucket);
        json.WriteStartArray("rows");
        FeedRow[] rows = [.. sent];
        foreach (var row in rows)
        {
            json.WriteRawValue(row.Json, skipInputValidation: true);
        }

        json.WriteEndArray();
        if (fleet is not null)
        {
            json.WritePropertyName("fleet");
            json.WriteRawValue(fleet, skipInputValidation: true);
        }

        if (withLogs)
        {
            json.WriteStartArray("logs");
            foreach (var row in rows)
            {
                JsonSerializer.Serialize(json, row.History.Read(moment.Bucket), DashboardJson.Plain.CircuitLog);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.Flush();
        return Event(name, bytes.WrittenSpan);
    }
}

/// <summary>One row of a frame.</summary>
/// <param name="Json">The serialized row.</param>
/// <param name="IsChanged">Whether it differs from that of the frame before.</param>
/// <param name="History">The history of the row.</param>
internal sealed record FeedRow(byte[] Json, bool IsChanged, CircuitHistory History);

/// <summary>The fleet in a frame.</summary>
/// <param name="Json">The serialized fleet; <see langword="null"/> without one.</param>
/// <param name="IsChanged">Whether it differs from that of the frame before.</param>
internal readonly record struct FeedFleet(byte[]? Json, bool IsChanged);
