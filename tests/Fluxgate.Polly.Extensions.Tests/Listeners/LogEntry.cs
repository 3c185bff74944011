using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>One line of a log.</summary>
internal sealed record LogEntry(LogLevel Level, EventId Id, string Text, Dictionary<string, object?> Properties, Exception? Exception)
{
    public override string ToString() => $"{Level} {Id} {Text} {string.Join(' ', Properties)} {Exception}";
}
