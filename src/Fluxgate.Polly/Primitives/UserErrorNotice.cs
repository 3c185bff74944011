namespace Fluxgate;

/// <summary>User code inside the breaker threw, or answered with what it must not. The circuit went on as <see cref="UserErrorSource"/> says.</summary>
public sealed class UserErrorNotice : Notice
{
    internal UserErrorNotice(string circuitName, DateTimeOffset timestamp, UserErrorSource source, Exception error)
        : base(circuitName, timestamp)
    {
        Source = source;
        Error = error;
    }

    /// <summary>Which code failed.</summary>
    public UserErrorSource Source { get; }

    /// <summary>What it threw. The breaker lets go of it when every listener has heard.</summary>
    public Exception Error { get; }

    /// <inheritdoc/>
    public override string ToString() => OneLine.Of($"{CircuitName}: {Source} failed ({Error.GetType().Name}: {Error.Message})");
}
