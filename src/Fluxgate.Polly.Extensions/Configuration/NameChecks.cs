using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>Compares the names in code, configuration, listeners and health checks: one that is misspelt in one place makes a second breaker, or none.</summary>
internal sealed class NameChecks(
    IEnumerable<SettingsSource> sources,
    BreakerNames names,
    IEnumerable<BreakerMention> mentions,
    ILoggerFactory? loggerFactory = null
)
{
    private readonly SettingsSource[] _sources = [.. sources];
    private readonly BreakerMention[] _mentions = [.. mentions.Distinct()];
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

        WarnOfNearMisses();
    }

    /// <summary>Tells of each pair once; a changed configuration may bring another one.</summary>
    public void WarnOfNearMisses()
    {
        var inCode = NamesOf(_sources.Where(source => source.SpellsNames));
        var configured = NamesOf(_sources.Where(source => !source.SpellsNames));
        string[] inCodeAlone = [.. inCode.Except(configured, BreakerNames.Comparer)];
        foreach (var name in configured.Except(inCode, BreakerNames.Comparer))
        {
            // Of names as short as "eu" and "us" each is near every other.
            if (name.Length > 3 && Closest.To(name, inCodeAlone) is { } coded && _told.Add((name, coded)))
            {
                _log.NearMiss(name, coded);
            }
        }
    }

    private static HashSet<string> NamesOf(IEnumerable<SettingsSource> sources) =>
        sources.SelectMany(source => source.Names).ToHashSet(BreakerNames.Comparer);

    private IEnumerable<string> Unknown()
    {
        var known = names.Known;
        return _mentions
            .Where(mention => !known.Contains(mention.Breaker, BreakerNames.Comparer))
            .Select(mention =>
                $"{mention.Who} is for the breaker '{mention.Breaker}', which nothing names.{BreakerNames.Advice(mention.Breaker, known)}"
            );
    }
}
