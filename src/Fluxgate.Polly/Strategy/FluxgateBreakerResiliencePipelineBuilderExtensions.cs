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
        return builder.AddStrategy(context => new FluxgateStrategy(ExecutionOf(builder, context, options)), options);
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
        return builder.AddStrategy(context => new FluxgateStrategy<TResult>(ExecutionOf(builder, context, options)), options);
    }

    private static Execution<TResult> ExecutionOf<TResult>(
        ResiliencePipelineBuilderBase builder,
        StrategyBuilderContext context,
        FluxgateBreakerOptions<TResult> options
    )
    {
        if (options.Breaker is { } given && builder.TimeProvider is { } clock && !ReferenceEquals(clock, given.TimeProvider))
        {
            throw new InvalidOperationException(
                $"The builder's TimeProvider ({clock.GetType().Name}) must be null or the one of its breaker '{given.Name}' ({given.TimeProvider.GetType().Name}): a breaker has one clock. Pass it to the breaker's constructor."
            );
        }

        var breaker =
            options.Breaker ?? new(options.CircuitName ?? DerivedName.Of(NameAfter(builder)), options.Settings, context.TimeProvider);
        return new(breaker, options.Breaker is null, new(options, breaker.Machine), new(context.Telemetry, breaker.Machine.UserCode));
    }

    private static string NameAfter(ResiliencePipelineBuilderBase builder) =>
        string.IsNullOrEmpty(builder.Name) ? FluxgateDefaults.CircuitName
        : string.IsNullOrEmpty(builder.InstanceName) ? builder.Name
        : $"{builder.Name}/{builder.InstanceName}";
}
