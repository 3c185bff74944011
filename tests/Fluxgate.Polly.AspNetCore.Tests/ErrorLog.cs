using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>Collects the errors that the application logs.</summary>
internal sealed class ErrorLog : ILoggerProvider, ILogger
{
    public ConcurrentQueue<string> All { get; } = [];

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        if (IsEnabled(logLevel))
        {
            All.Enqueue($"{formatter(state, exception)} {exception}");
        }
    }

    public void Dispose() { }
}
