using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using Fluxgate;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Polly;

/// <summary>Provides extension methods that add a named breaker of a container to a resilience pipeline. Its state outlives the pipeline and survives reloads.</summary>
/// <remarks>The <c>TimeProvider</c> of the builder must be <see langword="null"/> or that of the container, because a breaker has one clock.</remarks>
public static class FluxgateBreakerServiceProviderExtensions
{
    /// <summary>Adds a named breaker with default options: failures are those of the default <see cref="FluxgateBreakerOptions{TResult}.Tracker"/>.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="services">The service provider of a container that <c>services.AddFluxgate(…)</c> was called for.</param>
    /// <param name="name">The breaker's name.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="KeyNotFoundException">No breaker has this name; the message contains the closest name.</exception>
    /// <exception cref="OptionsValidationException">The breaker's settings are invalid.</exception>
    /// <exception cref="InvalidOperationException"><c>AddFluxgate</c> was not called, or the builder has another <see cref="TimeProvider"/> than the breaker.</exception>
    public static ResiliencePipelineBuilder AddFluxgateBreaker(
        this ResiliencePipelineBuilder builder,
        IServiceProvider services,
        string name
    ) => builder.AddFluxgateBreaker(services, name, new FluxgateBreakerOptions());

    /// <summary>Adds a named breaker with options.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="services">The service provider of a container that <c>services.AddFluxgate(…)</c> was called for.</param>
    /// <param name="name">The breaker's name.</param>
    /// <param name="options">The options, which select the failures. They are copied. <c>Breaker</c>, <c>Settings</c> and <c>CircuitName</c> must be <see langword="null"/>.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><c>Breaker</c>, <c>Settings</c> or <c>CircuitName</c> of the options is set.</exception>
    /// <exception cref="ValidationException">The options are invalid.</exception>
    /// <exception cref="KeyNotFoundException">No breaker has this name; the message contains the closest name.</exception>
    /// <exception cref="OptionsValidationException">The breaker's settings are invalid.</exception>
    /// <exception cref="InvalidOperationException"><c>AddFluxgate</c> was not called, or the builder has another <see cref="TimeProvider"/> than the breaker.</exception>
    public static ResiliencePipelineBuilder AddFluxgateBreaker(
        this ResiliencePipelineBuilder builder,
        IServiceProvider services,
        string name,
        FluxgateBreakerOptions options
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddFluxgateBreaker(Connect(new FluxgateBreakerOptions(), options, builder, services, name));
    }

    /// <summary>Adds a named breaker with default options: failures are those of the default <see cref="FluxgateBreakerOptions{TResult}.Tracker"/>.</summary>
    /// <typeparam name="TResult">The result type of the pipeline.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="services">The service provider of a container that <c>services.AddFluxgate(…)</c> was called for.</param>
    /// <param name="name">The breaker's name.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="KeyNotFoundException">No breaker has this name; the message contains the closest name.</exception>
    /// <exception cref="OptionsValidationException">The breaker's settings are invalid.</exception>
    /// <exception cref="InvalidOperationException"><c>AddFluxgate</c> was not called, or the builder has another <see cref="TimeProvider"/> than the breaker.</exception>
    public static ResiliencePipelineBuilder<TResult> AddFluxgateBreaker<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] TResult
    >(this ResiliencePipelineBuilder<TResult> builder, IServiceProvider services, string name) =>
        builder.AddFluxgateBreaker(services, name, new FluxgateBreakerOptions<TResult>());

    /// <summary>Adds a named breaker with options.</summary>
    /// <typeparam name="TResult">The result type of the pipeline.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="services">The service provider of a container that <c>services.AddFluxgate(…)</c> was called for.</param>
    /// <param name="name">The breaker's name.</param>
    /// <param name="options">The options, which select the failures. They are copied. <c>Breaker</c>, <c>Settings</c> and <c>CircuitName</c> must be <see langword="null"/>.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><c>Breaker</c>, <c>Settings</c> or <c>CircuitName</c> of the options is set.</exception>
    /// <exception cref="ValidationException">The options are invalid.</exception>
    /// <exception cref="KeyNotFoundException">No breaker has this name; the message contains the closest name.</exception>
    /// <exception cref="OptionsValidationException">The breaker's settings are invalid.</exception>
    /// <exception cref="InvalidOperationException"><c>AddFluxgate</c> was not called, or the builder has another <see cref="TimeProvider"/> than the breaker.</exception>
    public static ResiliencePipelineBuilder<TResult> AddFluxgateBreaker<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] TResult
    >(this ResiliencePipelineBuilder<TResult> builder, IServiceProvider services, string name, FluxgateBreakerOptions<TResult> options)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddFluxgateBreaker(Connect(new FluxgateBreakerOptions<TResult>(), options, builder, services, name));
    }

    /// <summary>Fills a copy of the options, because a pipeline that reloads passes the same options again.</summary>
    internal static TOptions Connect<TOptions, TResult>(
        TOptions connected,
        FluxgateBreakerOptions<TResult> options,
        ResiliencePipelineBuilderBase builder,
        IServiceProvider services,
        string name
    )
        where TOptions : FluxgateBreakerOptions<TResult>
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(name);
        RequireUnset(options.Breaker?.Name, nameof(options.Breaker), name);
        RequireUnset(options.Settings?.Tripper?.ToString(), nameof(options.Settings), name);
        RequireUnset(options.CircuitName, nameof(options.CircuitName), name);
        connected.Name = options.Name;
        connected.Tracker = options.Tracker;
        connected.ShouldHandle = options.ShouldHandle;
        connected.ShouldIgnore = options.ShouldIgnore;
        connected.BreakDurationHint = options.BreakDurationHint;
        connected.MinBreakDurationHint = options.MinBreakDurationHint;
        connected.MaxBreakDurationHint = options.MaxBreakDurationHint;
        connected.Breaker = Find(services, name);
        RequireSameClock(builder, connected.Breaker);
        return connected;
    }

    private static FluxgateBreaker Find(IServiceProvider services, string name)
    {
        var breakers =
            services.GetService<FluxgateBreakers>()
            ?? throw new InvalidOperationException(
                $"The breaker '{name}' was not found, because the container has no breakers. Call services.AddFluxgate(…) when you configure the container."
            );
        return breakers[name];
    }

    private static void RequireUnset(string? value, string property, string name)
    {
        if (value is not null)
        {
            throw new ArgumentException(
                $"{property} must be null, but is '{value}': the container supplies the breaker '{name}' and its settings.",
                property
            );
        }
    }

    private static void RequireSameClock(ResiliencePipelineBuilderBase builder, FluxgateBreaker breaker)
    {
        if (builder.TimeProvider is { } clock && !ReferenceEquals(clock, breaker.TimeProvider))
        {
            throw new InvalidOperationException(
                $"The builder's TimeProvider ({clock.GetType().Name}) must be null or that of the breaker '{breaker.Name}' ({breaker.TimeProvider.GetType().Name}), because a breaker has one clock. Register the TimeProvider in the container: services.AddSingleton<TimeProvider>(…)."
            );
        }
    }
}
