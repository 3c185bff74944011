using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>A log that remembers what it was given, from one level on, and how often it had to make text of it.</summary>
internal sealed class RecordedLog<T>(LogLevel least = LogLevel.Trace) : ILogger<T>
{
    public ConcurrentQueue<LogEntry> Entries { get; } = new();

    /// <summary>All that was ever written, with exceptions, for looking for what must not be there.</summary>
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
