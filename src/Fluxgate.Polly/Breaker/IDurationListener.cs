namespace Fluxgate;

/// <summary>A listener that wants each duration, not a histogram.</summary>
internal interface IDurationListener : IListener
{
    /// <summary><see langword="null"/> where it wants none after all.</summary>
    IDurationSink? SinkFor(FluxgateBreaker breaker);
}
