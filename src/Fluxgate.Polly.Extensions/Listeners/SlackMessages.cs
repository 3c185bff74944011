namespace Fluxgate;

/// <summary>
/// The texts that <see cref="SlackListener"/> posts: for one transition, for all transitions into a state, or for all others. A function that
/// returns <see langword="null"/> posts nothing.
/// </summary>
/// <remarks>
/// If several breakers share a listener, the functions are called concurrently and must be thread-safe. Their results are Slack markup: pass
/// names and reasons to <see cref="SlackText.Escape"/>. This type is not thread-safe. A listener copies it.
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
    private Func<Signal, string?> _default = English;

    /// <summary>Initializes a new instance with the English texts.</summary>
    public SlackMessages() { }

    internal SlackMessages(SlackMessages other)
    {
        _texts = new(other._texts);
        _default = other._default;
    }

    /// <summary>Gets the English texts, with an emoji for each state.</summary>
    public static Func<Signal, string?> English { get; } = InEnglish;

    /// <summary>Gets or sets the text for all transitions without a text of their own.</summary>
    /// <value>The default is <see cref="English"/>.</value>
    /// <exception cref="ArgumentNullException">The value is <see langword="null"/>.</exception>
    public Func<Signal, string?> Default
    {
        get => _default;
        set => _default = value ?? throw new ArgumentNullException(nameof(value), "Default must not be null.");
    }

    /// <summary>Gets or sets the text for all transitions into a state.</summary>
    /// <param name="newState">The state.</param>
    /// <exception cref="ArgumentNullException">The value is <see langword="null"/>. Use <c>_ => null</c> to post nothing.</exception>
    public Func<Signal, string?> this[BreakerState newState]
    {
        get => _texts.GetValueOrDefault((null, newState), _default);
        set => _texts[(null, newState)] = value ?? throw new ArgumentNullException(nameof(value), "A message must not be null.");
    }

    /// <summary>Gets or sets the text for one transition. It takes precedence over the text for all transitions into the state.</summary>
    /// <param name="oldState">The state before.</param>
    /// <param name="newState">The state after.</param>
    /// <exception cref="ArgumentNullException">The value is <see langword="null"/>. Use <c>_ => null</c> to post nothing.</exception>
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
            BreakerState.HalfOpen => $":large_yellow_circle: *{name}* is half-open, some calls are admitted as probes: {reason}",
            BreakerState.Closed => $":large_green_circle: *{name}* is closed, calls are admitted: {reason}",
            BreakerState.ForcedOpen => $":no_entry: *{name}* is forced open, calls are rejected until it is reset: {reason}",
            BreakerState.Disabled => $":warning: *{name}* is disabled, all calls are admitted and not recorded: {reason}",
            _ => $":bar_chart: *{name}* collects metrics only, all calls are admitted: {reason}",
        };
    }

    private static string Until(TimeSpan? breakFor) => breakFor is { } span ? $" for {SlackText.Format(span)}" : " until it is reset";
}
