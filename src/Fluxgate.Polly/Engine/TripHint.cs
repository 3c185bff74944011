namespace Fluxgate;

/// <summary>
/// What a call says about the trip that it may cause: how long to break, or that its caller abandoned it. By default nothing: the circuit breaks for the
/// configured duration.
/// </summary>
/// <remarks>One word, so that it stays in a register.</remarks>
internal readonly struct TripHint
{
    private const long AbandonedCall = -1;

    private readonly long _word;

    private TripHint(long word) => _word = word;

    /// <summary>Gets the hint of a call that its caller abandoned after a long wait.</summary>
    public static TripHint Abandoned => new(AbandonedCall);

    /// <summary>Gets the break duration; <see langword="null"/> for the configured one.</summary>
    public TimeSpan? BreakFor => _word > 0 ? TimeSpan.FromTicks(_word) : null;

    /// <summary>Creates a hint from a break duration greater than zero, or from <see langword="null"/>.</summary>
    public static TripHint Of(TimeSpan? breakFor) => new(breakFor?.Ticks ?? 0);

    /// <summary>Returns the reason of a trip, with a note if the caller abandoned the call.</summary>
    public Reason Explain(Reason reason) => _word == AbandonedCall ? reason.WithNote("the last failure abandoned by its caller") : reason;
}
