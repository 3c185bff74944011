namespace PaymentsApi;

/// <summary>Keeps host and server from logging, with a stack trace, what <see cref="Starter"/> says in words: why they cannot start.</summary>
internal sealed class QuietStart
{
    private volatile bool _isOver;

    public QuietStart(ILoggingBuilder logging)
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
