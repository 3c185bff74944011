using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using Fluxgate;
using Microsoft.Extensions.Options;

namespace Polly;

/// <summary>Adds a named breaker of a container to a resilience pipeline. Its state outlives the pipeline and survives reloads.</summary>
/// <remarks>The builder's <c>TimeProvider</c>, where it is set, must be the container's: a breaker has one clock.</remarks>
public static class FluxgateBreakerServiceProviderExtensions
{
    /// <summary>Adds a named breaker; failures are those of <see cref="FluxgateBreakerOptions{TResult}.Tracker"/> by default.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="services">The container, with <c>services.AddFluxgate(…)</c> done.</param>
    /// <param name="name">The breaker's name.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="KeyNotFoundException">Nothing names such a breaker; the message tells the closest name.</exception>
    /// <exception cref="OptionsValidationException">The breaker's settings are refused.</exception>
    /// <exception cref="InvalidOperationException">The container has no breakers, or the builder has another clock than the breaker.</exception>
    public static ResiliencePipelineBuilder AddFluxgateBreaker(
        this ResiliencePipelineBuilder builder,
        IServiceProvider services,
        string name
    ) => builder.AddFluxgateBreaker(services, name, new FluxgateBreakerOptions());

    /// <summary>Adds a named breaker as the options say.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="services">The container, with <c>services.AddFluxgate(…)</c> done.</param>
    /// <param name="name">The breaker's name.</param>
    /// <param name="options">Which outcomes are failures; copied. <c>Breaker</c>, <c>Settings</c> and <c>CircuitName</c> must not be set.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">The options say something about the breaker itself.</exception>
    /// <exception cref="ValidationException">The options are refused.</exception>
    /// <exception cref="KeyNotFoundException">Nothing names such a breaker; the message tells the closest name.</exception>
    /// <exception cref="OptionsValidationException">The breaker's settings are refused.</exception>
    /// <exception cref="InvalidOperationException">The container has no breakers, or the builder has another clock than the breaker.</exception>
    public static ResiliencePipelineBuilder AddFluxgateBreaker(
        this ResiliencePipelineBuilder builder,
        IServiceProvider services,
        string name,
        FluxgateBreakerOptions options
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        var connected = new FluxgateBreakerOptions();
        NamedBreakerOptions.Fill(connected, options, builder, services, name);
        return builder.AddFluxgateBreaker(connected);
    }

    /// <summary>Adds a named breaker; failures are those of <see cref="FluxgateBreakerOptions{TResult}.Tracker"/> by default.</summary>
    /// <typeparam name="TResult">The result type of the pipeline.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="services">The container, with <c>services.AddFluxgate(…)</c> done.</param>
    /// <param name="name">The breaker's name.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="KeyNotFoundException">Nothing names such a breaker; the message tells the closest name.</exception>
    /// <exception cref="OptionsValidationException">The breaker's settings are refused.</exception>
    /// <exception cref="InvalidOperationException">The container has no breakers, or the builder has another clock than the breaker.</exception>
    public static ResiliencePipelineBuilder<TResult> AddFluxgateBreaker<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] TResult
    >(this ResiliencePipelineBuilder<TResult> builder, IServiceProvider services, string name) =>
        builder.AddFluxgateBreaker(services, name, new FluxgateBreakerOptions<TResult>());

    /// <summary>Adds a named breaker as the options say.</summary>
    /// <typeparam name="TResult">The result type of the pipeline.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="services">The container, with <c>services.AddFluxgate(…)</c> done.</param>
    /// <param name="name">The breaker's name.</param>
    /// <param name="options">Which outcomes are failures; copied. <c>Breaker</c>, <c>Settings</c> and <c>CircuitName</c> must not be set.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">The options say something about the breaker itself.</exception>
    /// <exception cref="ValidationException">The options are refused.</exception>
    /// <exception cref="KeyNotFoundException">Nothing names such a breaker; the message tells the closest name.</exception>
    /// <exception cref="OptionsValidationException">The breaker's settings are refused.</exception>
    /// <exception cref="InvalidOperationException">The container has no breakers, or the builder has another clock than the breaker.</exception>
    public static ResiliencePipelineBuilder<TResult> AddFluxgateBreaker<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] TResult
    >(this ResiliencePipelineBuilder<TResult> builder, IServiceProvider services, string name, FluxgateBreakerOptions<TResult> options)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var connected = new FluxgateBreakerOptions<TResult>();
        NamedBreakerOptions.Fill(connected, options, builder, services, name);
        return builder.AddFluxgateBreaker(connected);
    }
}
