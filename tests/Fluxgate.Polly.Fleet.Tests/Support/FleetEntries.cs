using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>Records the log entries of a fleet.</summary>
internal sealed class FleetEntries : ILogger, ILoggerProvider
{
    private readonly List<(int Id, string Text)> _entries = [];

    public IEnumerable<string> Of(int id)
    {
        lock (_entries)
        {
            return [.. _entries.Where(entry => entry.Id == id).Select(entry => entry.Text)];
        }
    }

    public ILogger CreateLogger(string categoryName) =>
        categoryName == "Fluxgate.Fleet" ? this : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

    public void Dispose() { }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        lock (_entries)
        {
            _entries.Add((eventId.Id, formatter(state, exception) + exception));
        }
    }
}
