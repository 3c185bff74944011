using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fluxgate;

/// <summary>Compares the names in code, configuration, listeners and health checks: one that is misspelt in one place makes a second breaker, or none.</summary>
internal sealed class NameChecks(
    IEnumerable<SettingsSource> sources,
    BreakerNames names,
    IEnumerable<BreakerReference> mentions,
    IEnumerable<IConfigureOptions<FluxgateBreakerSettings>> options,
    IEnumerable<IPostConfigureOptions<FluxgateBreakerSettings>> laterOptions,
    ILoggerFactory? loggerFactory = null
)
{
    // Names that programs generate are near each other, and comparing all pairs takes time quadratic in their number.
    private const int MostPairs = 100_000;

    private readonly SettingsSource[] _sources = [.. sources];
    private readonly BreakerReference[] _mentions = [.. mentions.Distinct()];
    private readonly string[] _optionsNames =
    [
        .. options
            .OfType<ConfigureNamedOptions<FluxgateBreakerSettings>>()
            .Select(named => named.Name)
            .Concat(laterOptions.OfType<PostConfigureOptions<FluxgateBreakerSettings>>().Select(named => named.Name))
            .OfType<string>()
            .Distinct(StringComparer.Ordinal),
    ];
    private readonly HashSet<(string, string)> _told = [];
    private readonly ILogger _log = ConfigurationLog.Of(loggerFactory);

    /// <summary>Names that nobody knows and nobody will: code names its breakers once, only a configuration may name another one later.</summary>
    public IEnumerable<string> Problems => MayNameMore ? [] : Unknown();

    private bool MayNameMore => _sources.Any(source => source.MayNameMore);

    /// <summary>What is likely misspelt, but may be meant.</summary>
    public void WarnAtStart()
    {
        foreach (var path in _sources.Select(source => source.MissingPath).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase))
        {
            _log.SectionMissing(path);
        }

        if (MayNameMore)
        {
            foreach (var unknown in Unknown())
            {
                _log.NameUnknown(unknown);
            }
        }

        foreach (var name in _optionsNames)
        {
            if (names.Find(name) is { } spelled && spelled != name)
            {
                _log.OptionsOfOtherCase(name, spelled);
            }
        }

        WarnOfNearMisses();
    }

    /// <summary>Tells of each pair once; a changed configuration may bring another one.</summary>
    public void WarnOfNearMisses()
    {
        string[] configured = [.. names.Configured.Except(names.InCode, BreakerNames.Comparer)];
        string[] inCodeAlone = configured.Length == 0 ? [] : [.. names.InCode.Except(names.Configured, BreakerNames.Comparer)];
        if ((long)configured.Length * inCodeAlone.Length > MostPairs)
        {
            return;
        }

        foreach (var name in configured)
        {
            // Of names as short as "eu" and "us" each is near every other.
            if (name.Length > 3 && Closest.To(name, inCodeAlone) is { } coded && _told.Add((name, coded)))
            {
                _log.NearMiss(name, coded);
            }
        }
    }

    private IEnumerable<string> Unknown()
    {
        var unknown = _mentions.Where(mention => names.Find(mention.Breaker) is null).ToArray();
        var known = unknown.Length == 0 ? [] : names.Known;
        return unknown.Select(mention =>
            $"{mention.Who} is for the breaker '{mention.Breaker}', which nothing names.{BreakerNames.Advice(mention.Breaker, known)}"
        );
    }
}
