using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>Records log entries from one level on, and counts how often their text was formatted.</summary>
internal sealed class RecordedLog<T>(LogLevel least = LogLevel.Trace) : ILogger<T>
{
    public ConcurrentQueue<LogEntry> Entries { get; } = new();

    /// <summary>Everything that was written, with exceptions, to check for secrets.</summary>
    public string Everything => string.Join('\n', Entries);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= least;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) =>
        Entries.Enqueue(
            new(
                logLevel,
                eventId,
                formatter(state, exception),
                state is IEnumerable<KeyValuePair<string, object?>> properties ? new(properties) : [],
                exception
            )
        );
}
