using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Fluxgate;
using Microsoft.Extensions.Options;
using Polly.DependencyInjection;

namespace Polly;

/// <summary>
/// Provides extension methods that add a named breaker or a group of a container to a pipeline of <c>services.AddResiliencePipeline(…)</c>. It
/// is created once, so its state survives every reload of the pipeline, and pipelines of any key and result type may share it.
/// </summary>
/// <remarks>The <c>TimeProvider</c> of the builder must be <see langword="null"/> or that of the container, because a breaker has one clock.</remarks>
public static class FluxgateBreakerPipelineContextExtensions
{
    /// <summary>Adds a named breaker with default options: failures are those of the default <see cref="FluxgateBreakerOptions{TResult}.Tracker"/>.</summary>
    /// <typeparam name="TKey">The type of the key of the pipeline.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="context">The second argument of the callback of <c>AddResiliencePipeline</c>. <c>services.AddFluxgate(…)</c> must have been called for the container.</param>
    /// <param name="name">The breaker's name.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="KeyNotFoundException">No breaker has this name; the message contains the closest name.</exception>
    /// <exception cref="OptionsValidationException">The breaker's settings are invalid.</exception>
    /// <exception cref="InvalidOperationException"><c>AddFluxgate</c> was not called, or the builder has another <see cref="TimeProvider"/> than the breaker.</exception>
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

    /// <summary>Adds a named breaker with options.</summary>
    /// <typeparam name="TKey">The type of the key of the pipeline.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="context">The second argument of the callback of <c>AddResiliencePipeline</c>. <c>services.AddFluxgate(…)</c> must have been called for the container.</param>
    /// <param name="name">The breaker's name.</param>
    /// <param name="options">The options, which select the failures. They are copied. <c>Breaker</c>, <c>Group</c>, <c>KeySelector</c>, <c>Settings</c> and <c>CircuitName</c> must be <see langword="null"/>.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">An option that the container supplies is set.</exception>
    /// <exception cref="ValidationException">The options are invalid.</exception>
    /// <exception cref="KeyNotFoundException">No breaker has this name; the message contains the closest name.</exception>
    /// <exception cref="OptionsValidationException">The breaker's settings are invalid.</exception>
    /// <exception cref="InvalidOperationException"><c>AddFluxgate</c> was not called, or the builder has another <see cref="TimeProvider"/> than the breaker.</exception>
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

    /// <summary>Adds a group: each call finds its breaker by its key. The failures are those of the default <see cref="FluxgateBreakerOptions{TResult}.Tracker"/>.</summary>
    /// <typeparam name="TKey">The type of the key of the pipeline.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="context">The second argument of the callback of <c>AddResiliencePipeline</c>. <c>services.AddFluxgate(…)</c> must have been called for the container.</param>
    /// <param name="group">The group's name.</param>
    /// <param name="keySelector">Returns the key of a call; see <see cref="FluxgateBreakerOptions{TResult}.KeySelector"/>.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="KeyNotFoundException">No group has this name; the message contains the closest name.</exception>
    /// <exception cref="OptionsValidationException">The group's settings are invalid.</exception>
    /// <exception cref="InvalidOperationException"><c>AddFluxgate</c> was not called, or the builder has another <see cref="TimeProvider"/> than the group.</exception>
    [OverloadResolutionPriority(-1)] // new() {…} is also a valid Func for the compiler.
    public static ResiliencePipelineBuilder AddFluxgateBreaker<TKey>(
        this ResiliencePipelineBuilder builder,
        AddResiliencePipelineContext<TKey> context,
        string group,
        Func<ResilienceContext, string?> keySelector
    )
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(context);
        return builder.AddFluxgateBreaker(context.ServiceProvider, group, keySelector);
    }

    /// <summary>Adds a group with options: each call finds its breaker by its key.</summary>
    /// <typeparam name="TKey">The type of the key of the pipeline.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="context">The second argument of the callback of <c>AddResiliencePipeline</c>. <c>services.AddFluxgate(…)</c> must have been called for the container.</param>
    /// <param name="group">The group's name.</param>
    /// <param name="keySelector">Returns the key of a call; see <see cref="FluxgateBreakerOptions{TResult}.KeySelector"/>.</param>
    /// <param name="options">
    /// The options, which select the failures. They are copied. <c>Breaker</c>, <c>Group</c>, <c>KeySelector</c>, <c>Settings</c> and
    /// <c>CircuitName</c> must be <see langword="null"/>.
    /// </param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">An option that the container supplies is set.</exception>
    /// <exception cref="ValidationException">The options are invalid.</exception>
    /// <exception cref="KeyNotFoundException">No group has this name; the message contains the closest name.</exception>
    /// <exception cref="OptionsValidationException">The group's settings are invalid.</exception>
    /// <exception cref="InvalidOperationException"><c>AddFluxgate</c> was not called, or the builder has another <see cref="TimeProvider"/> than the group.</exception>
    public static ResiliencePipelineBuilder AddFluxgateBreaker<TKey>(
        this ResiliencePipelineBuilder builder,
        AddResiliencePipelineContext<TKey> context,
        string group,
        Func<ResilienceContext, string?> keySelector,
        FluxgateBreakerOptions options
    )
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(context);
        return builder.AddFluxgateBreaker(context.ServiceProvider, group, keySelector, options);
    }

    /// <summary>Adds a named breaker with default options: failures are those of the default <see cref="FluxgateBreakerOptions{TResult}.Tracker"/>.</summary>
    /// <typeparam name="TResult">The result type of the pipeline.</typeparam>
    /// <typeparam name="TKey">The type of the key of the pipeline.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="context">The second argument of the callback of <c>AddResiliencePipeline</c>. <c>services.AddFluxgate(…)</c> must have been called for the container.</param>
    /// <param name="name">The breaker's name.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="KeyNotFoundException">No breaker has this name; the message contains the closest name.</exception>
    /// <exception cref="OptionsValidationException">The breaker's settings are invalid.</exception>
    /// <exception cref="InvalidOperationException"><c>AddFluxgate</c> was not called, or the builder has another <see cref="TimeProvider"/> than the breaker.</exception>
    public static ResiliencePipelineBuilder<TResult> AddFluxgateBreaker<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] TResult,
        TKey
    >(this ResiliencePipelineBuilder<TResult> builder, AddResiliencePipelineContext<TKey> context, string name)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(context);
        return builder.AddFluxgateBreaker(context.ServiceProvider, name);
    }

    /// <summary>Adds a named breaker with options.</summary>
    /// <typeparam name="TResult">The result type of the pipeline.</typeparam>
    /// <typeparam name="TKey">The type of the key of the pipeline.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="context">The second argument of the callback of <c>AddResiliencePipeline</c>. <c>services.AddFluxgate(…)</c> must have been called for the container.</param>
    /// <param name="name">The breaker's name.</param>
    /// <param name="options">The options, which select the failures. They are copied. <c>Breaker</c>, <c>Group</c>, <c>KeySelector</c>, <c>Settings</c> and <c>CircuitName</c> must be <see langword="null"/>.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">An option that the container supplies is set.</exception>
    /// <exception cref="ValidationException">The options are invalid.</exception>
    /// <exception cref="KeyNotFoundException">No breaker has this name; the message contains the closest name.</exception>
    /// <exception cref="OptionsValidationException">The breaker's settings are invalid.</exception>
    /// <exception cref="InvalidOperationException"><c>AddFluxgate</c> was not called, or the builder has another <see cref="TimeProvider"/> than the breaker.</exception>
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

    /// <summary>Adds a group: each call finds its breaker by its key. The failures are those of the default <see cref="FluxgateBreakerOptions{TResult}.Tracker"/>.</summary>
    /// <typeparam name="TResult">The result type of the pipeline.</typeparam>
    /// <typeparam name="TKey">The type of the key of the pipeline.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="context">The second argument of the callback of <c>AddResiliencePipeline</c>. <c>services.AddFluxgate(…)</c> must have been called for the container.</param>
    /// <param name="group">The group's name.</param>
    /// <param name="keySelector">Returns the key of a call; see <see cref="FluxgateBreakerOptions{TResult}.KeySelector"/>.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="KeyNotFoundException">No group has this name; the message contains the closest name.</exception>
    /// <exception cref="OptionsValidationException">The group's settings are invalid.</exception>
    /// <exception cref="InvalidOperationException"><c>AddFluxgate</c> was not called, or the builder has another <see cref="TimeProvider"/> than the group.</exception>
    [OverloadResolutionPriority(-1)] // new() {…} is also a valid Func for the compiler.
    public static ResiliencePipelineBuilder<TResult> AddFluxgateBreaker<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] TResult,
        TKey
    >(
        this ResiliencePipelineBuilder<TResult> builder,
        AddResiliencePipelineContext<TKey> context,
        string group,
        Func<ResilienceContext, string?> keySelector
    )
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(context);
        return builder.AddFluxgateBreaker(context.ServiceProvider, group, keySelector);
    }

    /// <summary>Adds a group with options: each call finds its breaker by its key.</summary>
    /// <typeparam name="TResult">The result type of the pipeline.</typeparam>
    /// <typeparam name="TKey">The type of the key of the pipeline.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="context">The second argument of the callback of <c>AddResiliencePipeline</c>. <c>services.AddFluxgate(…)</c> must have been called for the container.</param>
    /// <param name="group">The group's name.</param>
    /// <param name="keySelector">Returns the key of a call; see <see cref="FluxgateBreakerOptions{TResult}.KeySelector"/>.</param>
    /// <param name="options">
    /// The options, which select the failures. They are copied. <c>Breaker</c>, <c>Group</c>, <c>KeySelector</c>, <c>Settings</c> and
    /// <c>CircuitName</c> must be <see langword="null"/>.
    /// </param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">An option that the container supplies is set.</exception>
    /// <exception cref="ValidationException">The options are invalid.</exception>
    /// <exception cref="KeyNotFoundException">No group has this name; the message contains the closest name.</exception>
    /// <exception cref="OptionsValidationException">The group's settings are invalid.</exception>
    /// <exception cref="InvalidOperationException"><c>AddFluxgate</c> was not called, or the builder has another <see cref="TimeProvider"/> than the group.</exception>
    public static ResiliencePipelineBuilder<TResult> AddFluxgateBreaker<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] TResult,
        TKey
    >(
        this ResiliencePipelineBuilder<TResult> builder,
        AddResiliencePipelineContext<TKey> context,
        string group,
        Func<ResilienceContext, string?> keySelector,
        FluxgateBreakerOptions<TResult> options
    )
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(context);
        return builder.AddFluxgateBreaker(context.ServiceProvider, group, keySelector, options);
    }
}
