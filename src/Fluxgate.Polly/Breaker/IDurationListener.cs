namespace Fluxgate;

/// <summary>A listener that receives the duration of each call instead of a histogram.</summary>
internal interface IDurationListener : IListener
{
    /// <summary>Returns the sink for the durations of a breaker's calls, or <see langword="null"/> if the listener needs none.</summary>
    IDurationSink? SinkFor(FluxgateBreaker breaker);
}
