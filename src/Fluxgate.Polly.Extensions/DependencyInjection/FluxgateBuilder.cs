using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Fluxgate;

/// <summary>Defines the breakers of a container and the sources of their settings. Created by <c>services.AddFluxgate(…)</c>.</summary>
/// <remarks>
/// Calls add to each other. If two of them set the same value, the later call wins. The defaults of all sources are applied first, then the
/// settings of the breaker, both in the order of the calls, and last the callbacks of
/// <c>services.Configure&lt;FluxgateBreakerSettings&gt;(name, …)</c> that are added after the first <c>AddFluxgate</c>. So
/// <c>AddFluxgate(section).AddBreaker(name, …)</c> overwrites the values that the section has for the breaker, at startup and after every
/// change, and the log contains a warning about each. To give the section precedence, add it later:
/// <c>AddFluxgate().AddBreaker(name, …).AddConfiguration(section)</c>. Not thread-safe.
/// </remarks>
public sealed class FluxgateBuilder
{
    internal FluxgateBuilder(IServiceCollection services) => Services = services;

    /// <summary>Gets the services of the container.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Adds a breaker with the settings of the defaults and the configuration.</summary>
    /// <param name="name">The circuit's name, 1 to 256 characters, case-insensitive.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, too long or <see langword="null"/>, or begins with <c>BreakerGroups:</c>.</exception>
    public FluxgateBuilder AddBreaker(string name) => Add(new SettingsSource(CircuitName(name)));

    /// <summary>Adds a breaker and configures it in code.</summary>
    /// <param name="name">The circuit's name, 1 to 256 characters, case-insensitive.</param>
    /// <param name="configure">
    /// Changes the settings of the calls before, including those of a configuration. It is called when the breaker is created and again
    /// after each change of the configuration. A part that it creates again replaces the previous one only if its type or its text differs, or
    /// if the configuration has another value for that setting. Listeners take effect only when the breaker is created.
    /// </param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="configure"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, too long or <see langword="null"/>, or begins with <c>BreakerGroups:</c>.</exception>
    public FluxgateBuilder AddBreaker(string name, Action<FluxgateBreakerSettings> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return Add(new SettingsSource(CircuitName(name), configure));
    }

    /// <summary>Adds a group of breakers, one for each key, with the settings of the defaults and the configuration.</summary>
    /// <param name="name">The group's name, 1 to 256 characters, case-insensitive. No breaker may have it.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, too long or <see langword="null"/>.</exception>
    public FluxgateBuilder AddBreakerGroup(string name) => Add(new SettingsSource(GroupNames.SettingsOf(RequireName(name))));

    /// <summary>Adds a group of breakers, one for each key, and configures it in code.</summary>
    /// <param name="name">The group's name, 1 to 256 characters, case-insensitive. No breaker may have it.</param>
    /// <param name="configure">
    /// Changes the settings of its breakers, the options of the group, and the settings of single keys, as the calls before and the configuration
    /// have left them. It is called when the group is created and again after each change of the configuration, with the same rules for parts as
    /// the callback of <see cref="AddBreaker(string, Action{FluxgateBreakerSettings})"/>. Listeners take effect only when the group is created.
    /// </param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="configure"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, too long or <see langword="null"/>.</exception>
    public FluxgateBuilder AddBreakerGroup(string name, Action<BreakerGroupConfiguration> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return Add(
            new SettingsSource(GroupNames.SettingsOf(RequireName(name)), settings => configure(SettingsReadResult.GroupOf(settings)))
        );
    }

    /// <summary>
    /// Configures the defaults of all breakers, those of groups included. The settings of a breaker override them, including those under <c>Breakers</c> in a
    /// configuration, and so do the <c>Defaults</c> of a configuration that is added later.
    /// </summary>
    /// <param name="configure">Changes the defaults. It is called for each breaker, and again after each change of the configuration.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="configure"/> is <see langword="null"/>.</exception>
    public FluxgateBuilder ConfigureDefaults(Action<FluxgateBreakerSettings> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return Add(new SettingsSource(Configure: configure));
    }

    /// <summary>Adds a section with <c>Defaults</c>, <c>Breakers</c> and <c>BreakerGroups</c>. It is read now and after each change.</summary>
    /// <param name="section">
    /// Usually <c>configuration.GetSection("Fluxgate")</c>. <c>Defaults</c> and each key under <c>Breakers</c> may contain <c>Window</c>,
    /// <c>Tripper</c>, <c>BreakDuration</c>, <c>Permit</c>, <c>Recovery</c> (in the format of their <c>Parse</c>), <c>ProbeLease</c>,
    /// <c>ListenerFlushTimeout</c> (<c>30s</c> or <c>00:00:30</c>), <c>AbandonedAfter</c> (a duration or <c>never</c>), <c>ProbeWithoutTraffic</c> (<c>true</c>, <c>false</c>),
    /// <c>InitialState</c> (<c>closed</c>, <c>metrics_only</c>, …) and <c>ListenerQueueCapacity</c>. Each key under <c>BreakerGroups</c> may contain
    /// these, and <c>MaxBreakers</c>, <c>IdleTimeout</c> (a duration or <c>never</c>), <c>MaxOpenRatio</c> (<c>50%</c> or <c>0.5</c>),
    /// <c>MaxKeySeries</c> and <c>Overrides</c>, a list of sections with a <c>Key</c> and settings for it. Other keys are errors.
    /// </param>
    /// <returns>The same builder.</returns>
    /// <remarks>
    /// A valid change reconfigures live breakers. A breaker for which the change is invalid keeps its settings. The values of a file stay in
    /// force while the file is missing or fails to load. The setting of a key that is removed returns to its default.
    /// </remarks>
    /// <exception cref="ArgumentNullException"><paramref name="section"/> is <see langword="null"/>.</exception>
    public FluxgateBuilder AddConfiguration(IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        return Add(new SettingsSource(Section: new(section)));
    }

    /// <summary>Returns the name of a breaker if it is valid.</summary>
    internal static string CircuitName(string value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        GroupNames.GroupOf(RequireName(value, name)) is null
            ? value
            : throw new ArgumentException(
                $"{name} must not begin with '{GroupNames.SettingsOf("")}', but is '{SettingsNode.Shorten(value)}': such names are those of the settings of groups.",
                name
            );

    /// <summary>Returns the name of a breaker or a group if it has a valid length.</summary>
    internal static string RequireName(string value, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        ArgumentNullException.ThrowIfNull(value, name);
        return value.Length is > 0 and <= FluxgateDefaults.MaxNameLength
            ? value
            : throw new ArgumentException(
                $"{name} must have 1 to {FluxgateDefaults.MaxNameLength} characters, but has {RuleText.Number(value.Length)}.",
                name
            );
    }

    private FluxgateBuilder Add(SettingsSource source)
    {
        Services.AddSingleton(source);
        return this;
    }
}
