using System.ComponentModel.DataAnnotations;
using Polly;
using Polly.CircuitBreaker;

namespace Fluxgate;

/// <summary>The options of a breaker in a pipeline: which breaker the pipeline uses, and which outcomes are failures.</summary>
/// <typeparam name="TResult">The result type of the pipeline.</typeparam>
/// <remarks>
/// Not thread-safe. A pipeline copies the options when it is built. The callbacks are called by concurrent calls and must be thread-safe.
/// </remarks>
public class FluxgateBreakerOptions<TResult> : ResilienceStrategyOptions, IValidatableObject
{
    /// <summary>Initializes a new instance of the <see cref="FluxgateBreakerOptions{TResult}"/> class.</summary>
    public FluxgateBreakerOptions() => Name = FluxgateDefaults.CircuitName;

    /// <summary>Gets or sets a breaker that outlives the pipeline and can be shared between pipelines. Its state survives reloads.</summary>
    /// <value>
    /// <see langword="null"/> by default: the pipeline then creates a breaker from <see cref="Settings"/> when it is built, and disposes the
    /// breaker with itself.
    /// </value>
    public FluxgateBreaker? Breaker { get; set; }

    /// <summary>Gets or sets the settings of the breaker that the pipeline creates. Must be <see langword="null"/> if <see cref="Breaker"/> or <see cref="Group"/> is set.</summary>
    /// <value><see langword="null"/> by default: the breaker then has the defaults of <see cref="FluxgateBreakerSettings"/>.</value>
    public FluxgateBreakerSettings? Settings { get; set; }

    /// <summary>Gets or sets the name of the circuit that the pipeline creates, 1 to 256 characters. Must be <see langword="null"/> if <see cref="Breaker"/> or <see cref="Group"/> is set.</summary>
    /// <value>
    /// <see langword="null"/> by default: the name is then the builder's <c>Name/InstanceName</c>, its <c>Name</c>, or <c>FluxgateBreaker</c>.
    /// A builder's name of more than 256 characters is shortened to its first 223 characters, <c>~</c>, and a hash of the whole name.
    /// </value>
    public string? CircuitName { get; set; }

    /// <summary>Gets or sets the group in which each call finds its breaker by its key. Must be <see langword="null"/> if <see cref="Breaker"/>, <see cref="Settings"/> or <see cref="CircuitName"/> is set.</summary>
    /// <value><see langword="null"/> by default: all calls use one breaker.</value>
    public BreakerGroup? Group { get; set; }

    /// <summary>
    /// Gets or sets the callback that returns the key of a call in the <see cref="Group"/>: a property of the context, its operation key, or a
    /// part of the request. It is called for each call before it is admitted, and must be fast and thread-safe.
    /// </summary>
    /// <value>
    /// <see langword="null"/> by default, and not <see langword="null"/> with a group. A call for which it returns <see langword="null"/> uses the
    /// <see cref="BreakerGroup.Shared"/> breaker, and so does one for which it throws; the error is counted and reported.
    /// </value>
    public Func<ResilienceContext, string?>? KeySelector { get; set; }

    /// <summary>Gets or sets the tracker that selects failures. Must be <see langword="null"/> if <see cref="ShouldHandle"/> is set.</summary>
    /// <value>
    /// <see langword="null"/> by default. The failures are then, for every result type, each <see cref="HttpResponseMessage"/> with a status of
    /// 408, 429, 500 or above, and every exception except an <see cref="HttpRequestException"/> with another status. A status therefore counts
    /// the same whether it is returned or thrown by <see cref="HttpResponseMessage.EnsureSuccessStatusCode"/>.
    /// </value>
    public Tracker<TResult>? Tracker { get; set; }

    /// <summary>Gets or sets the predicate that selects failures, as in Polly's strategies: a lambda or a <see cref="PredicateBuilder{TResult}"/>.</summary>
    /// <value><see langword="null"/> by default: <see cref="Tracker"/> or its default then selects failures.</value>
    /// <remarks>Must be thread-safe. When it throws, the call is ignored, the error is counted and reported, and the caller receives its own outcome.</remarks>
    public Func<CircuitBreakerPredicateArguments<TResult>, ValueTask<bool>>? ShouldHandle { get; set; }

    /// <summary>
    /// Gets or sets the predicate that selects ignored outcomes: they count neither as a success nor as a failure. It is called before
    /// <see cref="ShouldHandle"/> and <see cref="Tracker"/>, and before the breaker decides about a call whose caller gave up
    /// (<see cref="FluxgateBreakerSettings.AbandonedAfter"/>).
    /// </summary>
    /// <value><see langword="null"/> by default.</value>
    /// <remarks>Must be thread-safe. When it throws, the call is ignored, the error is counted and reported, and the caller receives its own outcome.</remarks>
    public Func<CircuitBreakerPredicateArguments<TResult>, ValueTask<bool>>? ShouldIgnore { get; set; }

    /// <summary>
    /// Gets or sets a callback that returns the break duration to use if this failure opens the circuit, such as a server's
    /// <c>Retry-After</c> (<see cref="HttpBreak.RetryAfter"/>). It is called for every failure and must be thread-safe.
    /// </summary>
    /// <value>
    /// <see langword="null"/> by default. The breaker uses its configured break duration if the callback returns <see langword="null"/>, zero or
    /// a negative duration. Other durations are clamped to <see cref="MinBreakDurationHint"/> and <see cref="MaxBreakDurationHint"/>. When
    /// it throws, the error is counted and reported, and the configured break duration is used.
    /// </value>
    public Func<Outcome<TResult>, TimeSpan?>? BreakDurationHint { get; set; }

    /// <summary>Gets or sets the shortest break that <see cref="BreakDurationHint"/> can cause.</summary>
    /// <value>Greater than zero; 1 s by default.</value>
    public TimeSpan MinBreakDurationHint { get; set; } = FluxgateDefaults.MinBreakDurationHint;

    /// <summary>Gets or sets the longest break that <see cref="BreakDurationHint"/> can cause.</summary>
    /// <value>At least <see cref="MinBreakDurationHint"/>; 10 min by default.</value>
    public TimeSpan MaxBreakDurationHint { get; set; } = FluxgateDefaults.MaxBreakDurationHint;

    /// <summary>
    /// Gets or sets whether the body of an <see cref="HttpResponseMessage"/> belongs to the call. A call whose response is not a failure then settles when the body
    /// has been read to its end (a success), when reading it fails (a failure), or when the response is disposed (a success, or a failure if the caller waited for
    /// <see cref="FluxgateBreakerSettings.AbandonedAfter"/> without receiving anything).
    /// </summary>
    /// <value><see langword="false"/> by default: the call settles with the headers of the response. Has no effect on results of other types.</value>
    /// <remarks>
    /// Only reads count as waiting: slow thresholds, overdue calls and <see cref="FluxgateBreakerSettings.AbandonedAfter"/> apply to the longest single wait, for the
    /// headers or for bytes, so neither a slow consumer nor a long download is slow. Each part renews the lease of a probe. A transition that the end of a body causes
    /// reaches the listeners, and not Polly's telemetry, because the context of the call has ended. Dispose every response: otherwise, its call settles
    /// when the garbage collector finds the response.
    /// </remarks>
    public bool CountBody { get; set; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Breaker is not null && Settings is not null)
        {
            yield return new(
                $"Settings must be null if Breaker is set, but Breaker is '{Breaker.Name}', which has its own settings.",
                [nameof(Settings), nameof(Breaker)]
            );
        }

        if (Breaker is not null && CircuitName is not null)
        {
            yield return new(
                $"CircuitName must be null if Breaker is set, but is '{CircuitName}': the breaker's name is '{Breaker.Name}'.",
                [nameof(CircuitName), nameof(Breaker)]
            );
        }

        if ((Group is null) != (KeySelector is null))
        {
            yield return new(
                $"Group and KeySelector must be set together, but only {(Group is null ? nameof(KeySelector) : nameof(Group))} is set.",
                [nameof(Group), nameof(KeySelector)]
            );
        }

        if (Group is not null && (Breaker is not null || Settings is not null || CircuitName is not null))
        {
            yield return new(
                $"Breaker, Settings and CircuitName must be null if Group is set, but Group is '{Group.Name}', which has the breakers.",
                [nameof(Group), nameof(Breaker), nameof(Settings), nameof(CircuitName)]
            );
        }

        if (Tracker is not null && ShouldHandle is not null)
        {
            yield return new(
                "Tracker and ShouldHandle must not both be set: each selects the failures.",
                [nameof(Tracker), nameof(ShouldHandle)]
            );
        }

        if (MinBreakDurationHint <= TimeSpan.Zero)
        {
            yield return new(
                $"MinBreakDurationHint must be greater than zero, but is {MinBreakDurationHint}.",
                [nameof(MinBreakDurationHint)]
            );
        }

        if (MaxBreakDurationHint < MinBreakDurationHint)
        {
            yield return new(
                $"MaxBreakDurationHint must be at least MinBreakDurationHint ({MinBreakDurationHint}), but is {MaxBreakDurationHint}.",
                [nameof(MaxBreakDurationHint)]
            );
        }

        if (CircuitName is not null && Require.ErrorOf(() => Require.CircuitName(CircuitName, nameof(CircuitName))) is { } invalidName)
        {
            yield return new(OneLine.MessageOf(invalidName), [nameof(CircuitName)]);
        }

        foreach (var problem in Settings?.Errors ?? [])
        {
            yield return new($"Settings: {problem}", [nameof(Settings)]);
        }
    }
}
