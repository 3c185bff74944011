using System.Text.Json;

namespace FleetSample;

/// <summary>What an instance writes on its standard output, four times a second: its own circuit, its calls, and the fleet as it sees it.</summary>
internal sealed record Report
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public required string State { get; init; }

    public required string Reason { get; init; }

    /// <summary>Gets the calls that its callers made.</summary>
    public required CallCounts Calls { get; init; }

    /// <summary>Gets the calls that its circuit breaker admitted or rejected.</summary>
    public required long CountedByBreaker { get; init; }

    public required bool IsConnected { get; init; }

    public required bool IsLeader { get; init; }

    /// <summary>Gets the number of live members in the summary of the fleet, and of those whose circuit rejects calls.</summary>
    public required int Members { get; init; }

    public required int MembersOpen { get; init; }

    public required string[] Directives { get; init; }

    public required string Page { get; init; }

    /// <summary>Gets what the operator receives in response to a command.</summary>
    public string? Response { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, Options);

    public static Report? TryParse(string line) => line.StartsWith('{') ? JsonSerializer.Deserialize<Report>(line, Options) : null;
}

/// <summary>The outcomes of the calls of one instance, as its callers saw them.</summary>
internal sealed record CallCounts(long Succeeded, long Failed, long Rejected, double SlowestRejectionMs)
{
    public long Total => Succeeded + Failed + Rejected;
}
