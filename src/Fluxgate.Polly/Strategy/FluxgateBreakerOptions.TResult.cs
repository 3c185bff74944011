using System.ComponentModel.DataAnnotations;
using Polly;
using Polly.CircuitBreaker;

namespace Fluxgate;

/// <summary>How a breaker stands in a pipeline: which breaker it is, and which outcomes are failures.</summary>
/// <typeparam name="TResult">The result type of the pipeline.</typeparam>
/// <remarks>
/// Not thread-safe while it is being filled. A pipeline takes what it holds when it is built; its callbacks run in many calls at once.
/// </remarks>
public class FluxgateBreakerOptions<TResult> : ResilienceStrategyOptions, IValidatableObject
{
    /// <summary>Initializes a new instance of the <see cref="FluxgateBreakerOptions{TResult}"/> class.</summary>
    public FluxgateBreakerOptions() => Name = FluxgateDefaults.CircuitName;

    /// <summary>A breaker that outlives the pipeline, and may serve others too. Its state survives reloads.</summary>
    /// <value><see langword="null"/> unless set: the pipeline makes a breaker from <see cref="Settings"/>, which lives with that build.</value>
    public FluxgateBreaker? Breaker { get; set; }

    /// <summary>The parts of the breaker that the pipeline makes. Not together with <see cref="Breaker"/>.</summary>
    /// <value><see langword="null"/> unless set: the defaults of <see cref="FluxgateBreakerSettings"/>.</value>
    public FluxgateBreakerSettings? Settings { get; set; }

    /// <summary>The name of the breaker that the pipeline makes, 1 to 256 characters. Not together with <see cref="Breaker"/>.</summary>
    /// <value>
    /// <see langword="null"/> unless set: the builder's <c>Name/InstanceName</c>, its <c>Name</c>, or <c>FluxgateBreaker</c>. Of a builder's
    /// name that has more than 256 characters the circuit gets the first 223, <c>~</c>, and a hash of the whole.
    /// </value>
    public string? CircuitName { get; set; }

    /// <summary>Which outcomes are failures, composed of parts. Not together with <see cref="ShouldHandle"/>.</summary>
    /// <value>
    /// <see langword="null"/> unless set: in pipelines of every result type, the responses (<see cref="HttpResponseMessage"/>) with a status of
    /// 408, 429, 500 and above, and every exception except an <see cref="HttpRequestException"/> with another status. So a status counts the
    /// same whether it is returned or thrown by <see cref="HttpResponseMessage.EnsureSuccessStatusCode"/>.
    /// </value>
    public Tracker<TResult>? Tracker { get; set; }

    /// <summary>Which outcomes are failures, as everywhere in Polly: a lambda or a <see cref="PredicateBuilder{TResult}"/>.</summary>
    /// <value><see langword="null"/> unless set: as <see cref="Tracker"/> says.</value>
    /// <remarks>When it throws, the call is ignored, the error is counted and reported, and the caller gets its own outcome.</remarks>
    public Func<CircuitBreakerPredicateArguments<TResult>, ValueTask<bool>>? ShouldHandle { get; set; }

    /// <summary>
    /// Which outcomes count neither for nor against the dependency, beside those that always do: an <see cref="OperationCanceledException"/>
    /// while the token that the breaker got is cancelled. Asked before <see cref="ShouldHandle"/> and <see cref="Tracker"/>.
    /// </summary>
    /// <value><see langword="null"/> unless set.</value>
    public Func<CircuitBreakerPredicateArguments<TResult>, ValueTask<bool>>? ShouldIgnore { get; set; }

    /// <summary>
    /// How long to break if this failure opens the circuit, such as a server's <c>Retry-After</c> (<see cref="HttpBreak.RetryAfter"/>). Asked
    /// for every failure; must be thread-safe.
    /// </summary>
    /// <value>
    /// <see langword="null"/> unless set. <see langword="null"/>, zero and negative answers mean the configured break duration; others are
    /// clamped to <see cref="MinBreakDurationHint"/> and <see cref="MaxBreakDurationHint"/>. What it throws is counted and reported.
    /// </value>
    public Func<Outcome<TResult>, TimeSpan?>? BreakDurationHint { get; set; }

    /// <summary>The shortest break that a hint can ask for.</summary>
    /// <value>Greater than zero; 1 s unless set.</value>
    public TimeSpan MinBreakDurationHint { get; set; } = FluxgateDefaults.MinBreakDurationHint;

    /// <summary>The longest break that a hint can ask for.</summary>
    /// <value>At least <see cref="MinBreakDurationHint"/>; 10 min unless set.</value>
    public TimeSpan MaxBreakDurationHint { get; set; } = FluxgateDefaults.MaxBreakDurationHint;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Breaker is not null && Settings is not null)
        {
            yield return new(
                $"Settings must be null where Breaker is set (to '{Breaker.Name}'): a breaker brings its own settings.",
                [nameof(Settings), nameof(Breaker)]
            );
        }

        if (Breaker is not null && CircuitName is not null)
        {
            yield return new(
                $"CircuitName must be null where Breaker is set, but is '{CircuitName}': the breaker's name is '{Breaker.Name}'.",
                [nameof(CircuitName), nameof(Breaker)]
            );
        }

        if (Tracker is not null && ShouldHandle is not null)
        {
            yield return new(
                "Tracker and ShouldHandle must not both be set: they say the same in two ways.",
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

        if (CircuitName is not null && Problem(() => Require.CircuitName(CircuitName, nameof(CircuitName))) is { } nameProblem)
        {
            yield return new(nameProblem, [nameof(CircuitName)]);
        }

        foreach (var problem in Settings?.Errors ?? [])
        {
            yield return new($"Settings: {problem}", [nameof(Settings)]);
        }
    }

    private static string? Problem(Action check)
    {
        try
        {
            check();
            return null;
        }
        catch (ArgumentException error)
        {
            return OneLine.MessageOf(error);
        }
    }
}
