using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>Records log entries and lets a test wait for them.</summary>
internal sealed class ConfigLog : ILoggerProvider, ILogger
{
    private readonly List<(LogLevel Level, string Text)> _entries = [];
    private readonly List<(Func<string, bool> Match, TaskCompletionSource Received)> _waiting = [];

    public IReadOnlyList<string> At(LogLevel level)
    {
        lock (_entries)
        {
            return [.. _entries.Where(entry => entry.Level == level).Select(entry => entry.Text)];
        }
    }

    /// <summary>Completes with the next new entry that contains all of these texts.</summary>
    public Task Next(params string[] parts)
    {
        var received = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_entries)
        {
            _waiting.Add((text => Array.TrueForAll(parts, part => text.Contains(part, StringComparison.Ordinal)), received));
        }

        return received.Task.WaitAsync(DiContainer.Deadline);
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        var text = formatter(state, exception);
        lock (_entries)
        {
            _entries.Add((logLevel, text));
            _waiting.FindAll(waiting => waiting.Match(text)).ForEach(waiting => waiting.Received.TrySetResult());
        }
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Dispose() { }
}
