using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Fluxgate;

/// <summary>Names the breakers of a container and says where their settings come from; made by <c>services.AddFluxgate(…)</c>.</summary>
/// <remarks>
/// Everything is additive, and of two that set the same the later has the last word. Defaults of all sources come first, then what each
/// says about a breaker, both in the order of the calls; after them comes what
/// <c>services.Configure&lt;FluxgateBreakerSettings&gt;(name, …)</c> adds behind the first <c>AddFluxgate</c>. So
/// <c>AddFluxgate(section).AddBreaker(name, …)</c> overwrites what the section says about the breaker, at start and after each change of
/// it, which a warning in the log tells; a section that is to win comes later: <c>AddFluxgate().AddBreaker(name, …).AddConfiguration(section)</c>.
/// Not thread-safe.
/// </remarks>
public sealed class FluxgateBuilder
{
    internal FluxgateBuilder(IServiceCollection services) => Services = services;

    /// <summary>The services that it adds to.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Names a breaker, with the settings that defaults and configuration give it.</summary>
    /// <param name="name">The circuit's name, 1 to 256 characters; the same whatever its case.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, too long or <see langword="null"/>.</exception>
    public FluxgateBuilder AddBreaker(string name) => Add(new CodeSource(CircuitName(name), configure: null));

    /// <summary>Names a breaker and sets it up in code.</summary>
    /// <param name="name">The circuit's name, 1 to 256 characters; the same whatever its case.</param>
    /// <param name="configure">
    /// Changes the settings that stand before it, those of a configuration that was added before included; called for the breaker and
    /// again whenever the configuration changes. A part that it then makes anew replaces the old one only if its type or its text differs, or
    /// what the configuration says of that setting. Listeners count when the breaker is made only.
    /// </param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="configure"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, too long or <see langword="null"/>.</exception>
    public FluxgateBuilder AddBreaker(string name, Action<FluxgateBreakerSettings> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return Add(new CodeSource(CircuitName(name), configure));
    }

    /// <summary>
    /// Says what holds for every breaker unless its own settings say otherwise, also those below <c>Breakers</c> in a configuration. The
    /// <c>Defaults</c> of a configuration overwrite it where that is added later.
    /// </summary>
    /// <param name="configure">Changes the defaults; called for each breaker, and again whenever the configuration changes.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="configure"/> is <see langword="null"/>.</exception>
    public FluxgateBuilder ConfigureDefaults(Action<FluxgateBreakerSettings> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return Add(new CodeDefaults(configure));
    }

    /// <summary>Reads <c>Defaults</c> and <c>Breakers</c> from a section, now and whenever it changes.</summary>
    /// <param name="section">
    /// Usually <c>configuration.GetSection("Fluxgate")</c>. <c>Defaults</c> and each key below <c>Breakers</c> take <c>Window</c>,
    /// <c>Tripper</c>, <c>BreakDuration</c>, <c>Permit</c>, <c>Recovery</c> (as their <c>Parse</c> reads them), <c>ProbeLease</c>,
    /// <c>ListenerFlushTimeout</c> (<c>30s</c> or <c>00:00:30</c>), <c>ProbeWithoutTraffic</c> (<c>true</c>, <c>false</c>),
    /// <c>InitialState</c> (<c>closed</c>, <c>metrics_only</c>, …) and <c>ListenerQueueCapacity</c>. Other keys are refused.
    /// </param>
    /// <returns>The same builder.</returns>
    /// <remarks>
    /// A changed section that is in order reconfigures live breakers; one that is not leaves the settings of each breaker that it breaks.
    /// What a provider's file used to say stays in force while the file is missing or fails to load. A key that is removed from a provider
    /// that loads returns to its default.
    /// </remarks>
    /// <exception cref="ArgumentNullException"><paramref name="section"/> is <see langword="null"/>.</exception>
    public FluxgateBuilder AddConfiguration(IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        return Add(new SectionSource(section));
    }

    internal static string CircuitName(string value, [CallerArgumentExpression(nameof(value))] string name = "")
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
