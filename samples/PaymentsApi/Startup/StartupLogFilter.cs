namespace PaymentsApi;

/// <summary>Suppresses the startup errors of host and server, which <see cref="ServiceRunner"/> writes without a stack trace.</summary>
internal sealed class StartupLogFilter
{
    private volatile bool _isOver;

    public StartupLogFilter(ILoggingBuilder logging)
    {
        logging.AddFilter(
            "Microsoft.Extensions.Hosting.Internal.Host",
            level => level >= LogLevel.Information && (level < LogLevel.Error || _isOver)
        );
        logging.AddFilter(
            "Microsoft.AspNetCore.Server.Kestrel",
            level => level >= LogLevel.Warning && (level < LogLevel.Critical || _isOver)
        );
    }

    public void EndWith(CancellationToken started) => started.Register(() => _isOver = true);
}
