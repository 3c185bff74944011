using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>One log entry.</summary>
internal sealed record LogEntry(LogLevel Level, EventId Id, string Text, Dictionary<string, object?> Properties, Exception? Exception)
{
    public override string ToString() => $"{Level} {Id} {Text} {string.Join(' ', Properties)} {Exception}";
}
