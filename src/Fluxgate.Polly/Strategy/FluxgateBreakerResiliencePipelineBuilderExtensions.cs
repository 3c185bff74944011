using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Fluxgate;

namespace Polly;

/// <summary>Extension methods that add a Fluxgate circuit breaker to a resilience pipeline.</summary>
public static class FluxgateBreakerResiliencePipelineBuilderExtensions
{
    private const string OptionsPreserved = "All options members preserved.";

    /// <summary>Adds a breaker with default settings, named after the builder. It is created when the pipeline is built, and disposed with it.</summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is <see langword="null"/>.</exception>
    public static ResiliencePipelineBuilder AddFluxgateBreaker(this ResiliencePipelineBuilder builder) =>
        builder.AddFluxgateBreaker(new FluxgateBreakerOptions());

    /// <summary>Adds a breaker with default settings. It is created when the pipeline is built, and disposed with it.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="name">The circuit's name, 1 to 256 characters.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ValidationException">The name is invalid.</exception>
    public static ResiliencePipelineBuilder AddFluxgateBreaker(this ResiliencePipelineBuilder builder, string name) =>
        builder.AddFluxgateBreaker(new FluxgateBreakerOptions { CircuitName = Require.NotNull(name) });

    /// <summary>Adds a breaker with the given settings. It is created when the pipeline is built, and disposed with it.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="name">The circuit's name, 1 to 256 characters.</param>
    /// <param name="settings">The settings of the breaker.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ValidationException">The name or a setting is invalid.</exception>
    public static ResiliencePipelineBuilder AddFluxgateBreaker(
        this ResiliencePipelineBuilder builder,
        string name,
        FluxgateBreakerSettings settings
    ) =>
        builder.AddFluxgateBreaker(
            new FluxgateBreakerOptions { CircuitName = Require.NotNull(name), Settings = Require.NotNull(settings) }
        );

    /// <summary>Adds an existing breaker, which outlives the pipeline and can be shared between pipelines.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="breaker">The breaker. The pipeline does not dispose it.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static ResiliencePipelineBuilder AddFluxgateBreaker(this ResiliencePipelineBuilder builder, FluxgateBreaker breaker) =>
        builder.AddFluxgateBreaker(new FluxgateBreakerOptions { Breaker = Require.NotNull(breaker) });

    /// <summary>Adds the breakers of a group: each call uses the breaker of its key.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="group">The group. The pipeline does not dispose it.</param>
    /// <param name="keySelector">Returns the key of a call; see <see cref="FluxgateBreakerOptions{TResult}.KeySelector"/>.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static ResiliencePipelineBuilder AddFluxgateBreaker(
        this ResiliencePipelineBuilder builder,
        BreakerGroup group,
        Func<ResilienceContext, string?> keySelector
    ) =>
        builder.AddFluxgateBreaker(
            new FluxgateBreakerOptions { Group = Require.NotNull(group), KeySelector = Require.NotNull(keySelector) }
        );

    /// <summary>Adds a breaker with the given options.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="options">The options: which breaker the pipeline uses, and which outcomes are failures.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ValidationException">The options are invalid.</exception>
    [OverloadResolutionPriority(1)]
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = OptionsPreserved)]
    [DynamicDependency(DynamicallyAccessedMemberTypes.All, typeof(FluxgateBreakerOptions))]
    public static ResiliencePipelineBuilder AddFluxgateBreaker(this ResiliencePipelineBuilder builder, FluxgateBreakerOptions options)
    {
        Require.NotNull(builder);
        Require.NotNull(options);
        return builder.AddStrategy(context => StrategyOf(builder, context, options), options);
    }

    /// <summary>Adds a breaker with default settings, named after the builder. It is created when the pipeline is built, and disposed with it.</summary>
    /// <typeparam name="TResult">The result type of the pipeline.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is <see langword="null"/>.</exception>
    public static ResiliencePipelineBuilder<TResult> AddFluxgateBreaker<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] TResult
    >(this ResiliencePipelineBuilder<TResult> builder) => builder.AddFluxgateBreaker(new FluxgateBreakerOptions<TResult>());

    /// <summary>Adds a breaker with default settings. It is created when the pipeline is built, and disposed with it.</summary>
    /// <typeparam name="TResult">The result type of the pipeline.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="name">The circuit's name, 1 to 256 characters.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ValidationException">The name is invalid.</exception>
    public static ResiliencePipelineBuilder<TResult> AddFluxgateBreaker<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] TResult
    >(this ResiliencePipelineBuilder<TResult> builder, string name) =>
        builder.AddFluxgateBreaker(new FluxgateBreakerOptions<TResult> { CircuitName = Require.NotNull(name) });

    /// <summary>Adds a breaker with the given settings. It is created when the pipeline is built, and disposed with it.</summary>
    /// <typeparam name="TResult">The result type of the pipeline.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="name">The circuit's name, 1 to 256 characters.</param>
    /// <param name="settings">The settings of the breaker.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ValidationException">The name or a setting is invalid.</exception>
    public static ResiliencePipelineBuilder<TResult> AddFluxgateBreaker<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] TResult
    >(this ResiliencePipelineBuilder<TResult> builder, string name, FluxgateBreakerSettings settings) =>
        builder.AddFluxgateBreaker(
            new FluxgateBreakerOptions<TResult> { CircuitName = Require.NotNull(name), Settings = Require.NotNull(settings) }
        );

    /// <summary>Adds an existing breaker, which outlives the pipeline and can be shared between pipelines.</summary>
    /// <typeparam name="TResult">The result type of the pipeline.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="breaker">The breaker. The pipeline does not dispose it.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static ResiliencePipelineBuilder<TResult> AddFluxgateBreaker<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] TResult
    >(this ResiliencePipelineBuilder<TResult> builder, FluxgateBreaker breaker) =>
        builder.AddFluxgateBreaker(new FluxgateBreakerOptions<TResult> { Breaker = Require.NotNull(breaker) });

    /// <summary>Adds the breakers of a group: each call uses the breaker of its key.</summary>
    /// <typeparam name="TResult">The result type of the pipeline.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="group">The group. The pipeline does not dispose it.</param>
    /// <param name="keySelector">Returns the key of a call; see <see cref="FluxgateBreakerOptions{TResult}.KeySelector"/>.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static ResiliencePipelineBuilder<TResult> AddFluxgateBreaker<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] TResult
    >(this ResiliencePipelineBuilder<TResult> builder, BreakerGroup group, Func<ResilienceContext, string?> keySelector) =>
        builder.AddFluxgateBreaker(
            new FluxgateBreakerOptions<TResult> { Group = Require.NotNull(group), KeySelector = Require.NotNull(keySelector) }
        );

    /// <summary>Adds a breaker with the given options.</summary>
    /// <typeparam name="TResult">The result type of the pipeline.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="options">The options: which breaker the pipeline uses, and which outcomes are failures.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ValidationException">The options are invalid.</exception>
    [OverloadResolutionPriority(1)]
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = OptionsPreserved)]
    public static ResiliencePipelineBuilder<TResult> AddFluxgateBreaker<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] TResult
    >(this ResiliencePipelineBuilder<TResult> builder, FluxgateBreakerOptions<TResult> options)
    {
        Require.NotNull(builder);
        Require.NotNull(options);
        return builder.AddStrategy(context => StrategyOf(builder, context, options), options);
    }

    private static FluxgateStrategy<TResult> StrategyOf<TResult>(
        ResiliencePipelineBuilderBase builder,
        StrategyBuilderContext context,
        FluxgateBreakerOptions<TResult> options
    )
    {
        var clock = options.Breaker?.TimeProvider ?? options.Group?.TimeProvider;
        if (clock is not null && builder.TimeProvider is { } other && !ReferenceEquals(clock, other))
        {
            var (kind, name) = options.Breaker is { } given ? ("breaker", given.Name) : ("group", options.Group!.Name);
            throw new InvalidOperationException(
                $"The builder's TimeProvider ({other.GetType().Name}) must be null or the one of its {kind} '{name}' ({clock.GetType().Name}): a breaker has one clock. Pass it to the {kind}'s constructor."
            );
        }

        var classifier = new OutcomeClassifier<TResult>(options);
        var telemetry = new StrategyTelemetry(context.Telemetry);
        if (options is { Group: { } group, KeySelector: { } selector })
        {
            return new(machine: null, new KeyedBreakers(group, selector).Of, owned: null, classifier, telemetry);
        }

        var own = options.Breaker is null
            ? new FluxgateBreaker(options.CircuitName ?? DerivedName.Of(NameAfter(builder)), options.Settings, context.TimeProvider)
            : null;
        return new((own ?? options.Breaker)!.Machine, machineOfKey: null, own, classifier, telemetry);
    }

    private static string NameAfter(ResiliencePipelineBuilderBase builder) =>
        string.IsNullOrEmpty(builder.Name) ? FluxgateDefaults.CircuitName
        : string.IsNullOrEmpty(builder.InstanceName) ? builder.Name
        : $"{builder.Name}/{builder.InstanceName}";
}
