using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using Fluxgate;
using Microsoft.Extensions.Options;
using Polly.DependencyInjection;

namespace Polly;

/// <summary>
/// Adds a named breaker of a container to a pipeline of <c>services.AddResiliencePipeline(…)</c>. The breaker is made once, so its state
/// survives every reload of the pipeline, and pipelines of any key and result type may share it.
/// </summary>
/// <remarks>The builder's <c>TimeProvider</c>, where it is set, must be the container's: a breaker has one clock.</remarks>
public static class FluxgateBreakerPipelineContextExtensions
{
    /// <summary>Adds a named breaker; failures are those of <see cref="FluxgateBreakerOptions{TResult}.Tracker"/> by default.</summary>
    /// <typeparam name="TKey">The type of the key of the pipeline.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="context">The second argument of the callback of <c>AddResiliencePipeline</c>, of a container with <c>services.AddFluxgate(…)</c> done.</param>
    /// <param name="name">The breaker's name.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="KeyNotFoundException">Nothing names such a breaker; the message tells the closest name.</exception>
    /// <exception cref="OptionsValidationException">The breaker's settings are refused.</exception>
    /// <exception cref="InvalidOperationException">The container has no breakers, or the builder has another clock than the breaker.</exception>
    public static ResiliencePipelineBuilder AddFluxgateBreaker<TKey>(
        this ResiliencePipelineBuilder builder,
        AddResiliencePipelineContext<TKey> context,
        string name
    )
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(context);
        return builder.AddFluxgateBreaker(context.ServiceProvider, name);
    }

    /// <summary>Adds a named breaker as the options say.</summary>
    /// <typeparam name="TKey">The type of the key of the pipeline.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="context">The second argument of the callback of <c>AddResiliencePipeline</c>, of a container with <c>services.AddFluxgate(…)</c> done.</param>
    /// <param name="name">The breaker's name.</param>
    /// <param name="options">Which outcomes are failures; copied. <c>Breaker</c>, <c>Settings</c> and <c>CircuitName</c> must not be set.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">The options say something about the breaker itself.</exception>
    /// <exception cref="ValidationException">The options are refused.</exception>
    /// <exception cref="KeyNotFoundException">Nothing names such a breaker; the message tells the closest name.</exception>
    /// <exception cref="OptionsValidationException">The breaker's settings are refused.</exception>
    /// <exception cref="InvalidOperationException">The container has no breakers, or the builder has another clock than the breaker.</exception>
    public static ResiliencePipelineBuilder AddFluxgateBreaker<TKey>(
        this ResiliencePipelineBuilder builder,
        AddResiliencePipelineContext<TKey> context,
        string name,
        FluxgateBreakerOptions options
    )
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(context);
        return builder.AddFluxgateBreaker(context.ServiceProvider, name, options);
    }

    /// <summary>Adds a named breaker; failures are those of <see cref="FluxgateBreakerOptions{TResult}.Tracker"/> by default.</summary>
    /// <typeparam name="TResult">The result type of the pipeline.</typeparam>
    /// <typeparam name="TKey">The type of the key of the pipeline.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="context">The second argument of the callback of <c>AddResiliencePipeline</c>, of a container with <c>services.AddFluxgate(…)</c> done.</param>
    /// <param name="name">The breaker's name.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="KeyNotFoundException">Nothing names such a breaker; the message tells the closest name.</exception>
    /// <exception cref="OptionsValidationException">The breaker's settings are refused.</exception>
    /// <exception cref="InvalidOperationException">The container has no breakers, or the builder has another clock than the breaker.</exception>
    public static ResiliencePipelineBuilder<TResult> AddFluxgateBreaker<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] TResult,
        TKey
    >(this ResiliencePipelineBuilder<TResult> builder, AddResiliencePipelineContext<TKey> context, string name)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(context);
        return builder.AddFluxgateBreaker(context.ServiceProvider, name);
    }

    /// <summary>Adds a named breaker as the options say.</summary>
    /// <typeparam name="TResult">The result type of the pipeline.</typeparam>
    /// <typeparam name="TKey">The type of the key of the pipeline.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="context">The second argument of the callback of <c>AddResiliencePipeline</c>, of a container with <c>services.AddFluxgate(…)</c> done.</param>
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
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] TResult,
        TKey
    >(
        this ResiliencePipelineBuilder<TResult> builder,
        AddResiliencePipelineContext<TKey> context,
        string name,
        FluxgateBreakerOptions<TResult> options
    )
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(context);
        return builder.AddFluxgateBreaker(context.ServiceProvider, name, options);
    }
}
