namespace Fluxgate;

/// <summary>
/// The texts that <see cref="SlackListener"/> posts: for one transition, for all into a state, or for every other. A function that
/// answers <see langword="null"/> is silent.
/// </summary>
/// <remarks>
/// Functions are called concurrently where several breakers share a listener, and must be thread-safe. What they answer is Slack's markup:
/// put names and reasons through <see cref="SlackText.Escape"/>. Not thread-safe while it is being filled; a listener copies it.
/// </remarks>
/// <example>
/// <code>
/// Messages = new()
/// {
///     [BreakerState.Open] = signal => $":red_circle: {SlackText.Escape(signal.CircuitName)} 회로가 열렸습니다",
///     [BreakerState.HalfOpen, BreakerState.Open] = _ => null,
/// }
/// </code>
/// </example>
public sealed class SlackMessages
{
    private readonly Dictionary<(BreakerState? Old, BreakerState New), Func<Signal, string?>> _texts = [];
    private Func<Signal, string?> _otherwise = English;

    /// <summary>Creates the English texts.</summary>
    public SlackMessages() { }

    internal SlackMessages(SlackMessages other)
    {
        _texts = new(other._texts);
        _otherwise = other._otherwise;
    }

    /// <summary>The English texts, with an emoji for each state.</summary>
    public static Func<Signal, string?> English { get; } = InEnglish;

    /// <summary>The text for whatever has none of its own.</summary>
    /// <value><see cref="English"/> unless set.</value>
    /// <exception cref="ArgumentNullException">The value is <see langword="null"/>.</exception>
    public Func<Signal, string?> Otherwise
    {
        get => _otherwise;
        set => _otherwise = value ?? throw new ArgumentNullException(nameof(value), "Otherwise must not be null.");
    }

    /// <summary>The text for transitions into a state.</summary>
    /// <param name="newState">The state.</param>
    /// <exception cref="ArgumentNullException">The value is <see langword="null"/>; <c>_ => null</c> is silent.</exception>
    public Func<Signal, string?> this[BreakerState newState]
    {
        get => _texts.GetValueOrDefault((null, newState), _otherwise);
        set => _texts[(null, newState)] = value ?? throw new ArgumentNullException(nameof(value), "A message must not be null.");
    }

    /// <summary>The text for one transition; comes before that for transitions into the state.</summary>
    /// <param name="oldState">The state before.</param>
    /// <param name="newState">The state after.</param>
    /// <exception cref="ArgumentNullException">The value is <see langword="null"/>; <c>_ => null</c> is silent.</exception>
    public Func<Signal, string?> this[BreakerState oldState, BreakerState newState]
    {
        get => _texts.GetValueOrDefault((oldState, newState), this[newState]);
        set => _texts[(oldState, newState)] = value ?? throw new ArgumentNullException(nameof(value), "A message must not be null.");
    }

    internal string? For(Signal signal) => this[signal.OldState, signal.NewState](signal);

    private static string InEnglish(Signal signal)
    {
        var name = SlackText.Escape(signal.CircuitName);
        var reason = SlackText.Escape(signal.Reason.Text);
        return signal.NewState switch
        {
            BreakerState.Open => $":red_circle: *{name}* is open, calls are rejected{Until(signal.BreakFor)}: {reason}",
            BreakerState.HalfOpen => $":large_yellow_circle: *{name}* is half-open, some calls probe: {reason}",
            BreakerState.Closed => $":large_green_circle: *{name}* is closed, calls go through: {reason}",
            BreakerState.ForcedOpen => $":no_entry: *{name}* is forced open, calls are rejected until somebody ends it: {reason}",
            BreakerState.Disabled => $":warning: *{name}* is disabled, calls go through unwatched: {reason}",
            _ => $":bar_chart: *{name}* only measures, calls go through: {reason}",
        };
    }

    private static string Until(TimeSpan? breakFor) => breakFor is { } span ? $" for {SlackText.Words(span)}" : " until it is reset";
}
