using Microsoft.Extensions.DependencyInjection;
using Polly;

namespace Fluxgate;

/// <summary>Options of a pipeline with the breaker of a container in them.</summary>
internal static class NamedBreakerOptions
{
    /// <summary>Fills a copy: a pipeline that reloads passes the same options again and again.</summary>
    public static void Fill<TResult>(
        FluxgateBreakerOptions<TResult> connected,
        FluxgateBreakerOptions<TResult> options,
        ResiliencePipelineBuilderBase builder,
        IServiceProvider services,
        string name
    )
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
        RequireOneClock(builder, connected.Breaker);
    }

    private static FluxgateBreaker Find(IServiceProvider services, string name)
    {
        var breakers =
            services.GetService<FluxgateBreakers>()
            ?? throw new InvalidOperationException(
                $"The container has no breakers, so none is named '{name}'. Call services.AddFluxgate(…) when it is set up."
            );
        return breakers[name];
    }

    private static void RequireUnset(string? value, string property, string name)
    {
        if (value is not null)
        {
            throw new ArgumentException(
                $"{property} must be null where a breaker of the container is named ('{name}'), but is '{value}': the container brings the breaker, with its settings.",
                property
            );
        }
    }

    private static void RequireOneClock(ResiliencePipelineBuilderBase builder, FluxgateBreaker breaker)
    {
        if (builder.TimeProvider is { } clock && !ReferenceEquals(clock, breaker.TimeProvider))
        {
            throw new InvalidOperationException(
                $"The builder's TimeProvider ({clock.GetType().Name}) must be null or the one of the breaker '{breaker.Name}' ({breaker.TimeProvider.GetType().Name}): a breaker has one clock. Register it in the container: services.AddSingleton<TimeProvider>(…)."
            );
        }
    }
}
