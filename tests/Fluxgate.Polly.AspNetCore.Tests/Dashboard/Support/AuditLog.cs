using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>Collects what the dashboard logs, and all errors.</summary>
internal sealed class AuditLog : ILoggerProvider
{
    public ConcurrentQueue<string> Dashboard { get; } = [];

    public ConcurrentQueue<string> Errors { get; } = [];

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName);

    public void Dispose() { }

    private sealed class Category(AuditLog log, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error || name == ControlLog.Category;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (name == ControlLog.Category)
            {
                log.Dashboard.Enqueue($"{eventId.Name}: {formatter(state, exception)}");
            }

            if (logLevel >= LogLevel.Error)
            {
                log.Errors.Enqueue($"{formatter(state, exception)} {exception}");
            }
        }
    }
}
