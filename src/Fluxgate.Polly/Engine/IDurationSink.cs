namespace Fluxgate;

/// <summary>Takes the duration of each call of one breaker as it settles.</summary>
internal interface IDurationSink
{
    /// <summary>Whether anybody listens now; read at every call.</summary>
    bool Wanted { get; }

    void Record(BreakerState admittedIn, long ticks);
}
