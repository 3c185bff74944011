using Microsoft.Extensions.DependencyInjection;
using Polly;

namespace Fluxgate;

/// <summary>Connects the options of a pipeline with a breaker or a group of the container.</summary>
internal static class ContainerOptions
{
    /// <summary>Fills a copy of the options, because a pipeline that reloads passes the same options again.</summary>
    public static TOptions Connect<TOptions, TResult>(
        TOptions connected,
        FluxgateBreakerOptions<TResult> options,
        ResiliencePipelineBuilderBase builder,
        IServiceProvider services,
        string name
    )
        where TOptions : FluxgateBreakerOptions<TResult>
    {
        ArgumentNullException.ThrowIfNull(name);
        var breakers = Copy(connected, options, services, name);
        var breaker = connected.Breaker = breakers[name];
        RequireSameClock(builder, breaker.TimeProvider, name);
        return connected;
    }

    /// <summary>Fills a copy of the options with a group.</summary>
    public static TOptions Connect<TOptions, TResult>(
        TOptions connected,
        FluxgateBreakerOptions<TResult> options,
        ResiliencePipelineBuilderBase builder,
        IServiceProvider services,
        string group,
        Func<ResilienceContext, string?> keySelector
    )
        where TOptions : FluxgateBreakerOptions<TResult>
    {
        ArgumentNullException.ThrowIfNull(group);
        ArgumentNullException.ThrowIfNull(keySelector);
        var name = GroupNames.SettingsOf(group);
        var breakers = Copy(connected, options, services, name);
        (connected.Group, connected.KeySelector) = (breakers.GetGroup(group), keySelector);
        RequireSameClock(builder, connected.Group.TimeProvider, name);
        return connected;
    }

    private static FluxgateBreakers Copy<TResult>(
        FluxgateBreakerOptions<TResult> connected,
        FluxgateBreakerOptions<TResult> options,
        IServiceProvider services,
        string name
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(services);
        RequireUnset(options.Breaker?.Name, nameof(options.Breaker), name);
        RequireUnset(options.Group?.Name, nameof(options.Group), name);
        RequireUnset(options.KeySelector?.Method.Name, nameof(options.KeySelector), name);
        RequireUnset(options.Settings?.Tripper?.ToString(), nameof(options.Settings), name);
        RequireUnset(options.CircuitName, nameof(options.CircuitName), name);
        connected.Name = options.Name;
        connected.Tracker = options.Tracker;
        connected.ShouldHandle = options.ShouldHandle;
        connected.ShouldIgnore = options.ShouldIgnore;
        connected.BreakDurationHint = options.BreakDurationHint;
        connected.MinBreakDurationHint = options.MinBreakDurationHint;
        connected.MaxBreakDurationHint = options.MaxBreakDurationHint;
        connected.CountBody = options.CountBody;
        return services.GetService<FluxgateBreakers>()
            ?? throw new InvalidOperationException(
                $"The {GroupNames.Describe(name)} was not found, because the container has no breakers. Call services.AddFluxgate(…) when you configure the container."
            );
    }

    private static void RequireUnset(string? value, string property, string name)
    {
        if (value is not null)
        {
            throw new ArgumentException(
                $"{property} must be null, but is '{value}': the container supplies the {GroupNames.Describe(name)} and its settings.",
                property
            );
        }
    }

    private static void RequireSameClock(ResiliencePipelineBuilderBase builder, TimeProvider timeProvider, string name)
    {
        if (builder.TimeProvider is { } clock && !ReferenceEquals(clock, timeProvider))
        {
            throw new InvalidOperationException(
                $"The builder's TimeProvider ({clock.GetType().Name}) must be null or that of the {GroupNames.Describe(name)} ({timeProvider.GetType().Name}), because a breaker has one clock. Register the TimeProvider in the container: services.AddSingleton<TimeProvider>(…)."
            );
        }
    }
}
