namespace Fluxgate;

/// <summary>The notice that user code inside the breaker threw or returned an invalid value. <see cref="UserErrorSource"/> lists how the breaker continues.</summary>
public sealed class UserErrorNotice : Notice
{
    internal UserErrorNotice(string circuitName, DateTimeOffset timestamp, UserErrorSource source, Exception error)
        : base(circuitName, timestamp)
    {
        Source = source;
        Error = error;
    }

    /// <summary>Gets which kind of user code failed.</summary>
    public UserErrorSource Source { get; }

    /// <summary>Gets the exception. The breaker releases it when every listener has received the notice.</summary>
    public Exception Error { get; }

    /// <inheritdoc/>
    public override string ToString() => OneLine.Of($"{CircuitName}: {Source} failed ({Error.GetType().Name}: {Error.Message})");
}
