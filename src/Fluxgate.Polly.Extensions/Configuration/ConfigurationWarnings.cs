using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fluxgate;

/// <summary>Finds what is allowed but likely wrong: names that are misspelled in one place, empty sections, and values that code overwrites.</summary>
internal sealed class ConfigurationWarnings(
    IEnumerable<SettingsSource> sources,
    BreakerNames names,
    IEnumerable<BreakerReference> references,
    IEnumerable<IConfigureOptions<FluxgateBreakerSettings>> options,
    IEnumerable<IPostConfigureOptions<FluxgateBreakerSettings>> laterOptions,
    ILoggerFactory? loggerFactory = null
)
{
    // Generated names are similar to each other, and comparing all pairs takes time quadratic in their number.
    private const int MaxPairs = 100_000;

    private readonly SettingsSection[] _sections = [.. sources.Select(source => source.Section).OfType<SettingsSection>()];
    private readonly BreakerReference[] _references = [.. references.Distinct()];
    private readonly string[] _optionsNames =
    [
        .. options
            .OfType<ConfigureNamedOptions<FluxgateBreakerSettings>>()
            .Select(named => named.Name)
            .Concat(laterOptions.OfType<PostConfigureOptions<FluxgateBreakerSettings>>().Select(named => named.Name))
            .OfType<string>()
            .Distinct(StringComparer.Ordinal),
    ];
    private readonly HashSet<(string, string)> _similarNames = [];
    private readonly ConcurrentDictionary<string, (string Text, string InForce)> _overwritten = new(BreakerNames.Comparer);
    private readonly ILogger _log = ConfigurationLog.Of(loggerFactory);

    /// <summary>Gets the errors of references to breakers that are not defined. With a configuration they are warnings, since a change may define the breaker.</summary>
    public IEnumerable<string> Errors => _sections.Length > 0 ? [] : UndefinedReferences();

    /// <summary>Logs all warnings about names.</summary>
    public void LogAtStartup()
    {
        foreach (
            var path in _sections
                .Select(section => section.Current.Root)
                .Where(root => root.IsEmpty)
                .Select(root => root.Path)
                .Distinct(StringComparer.OrdinalIgnoreCase)
        )
        {
            _log.SectionMissing(path);
        }

        if (_sections.Length > 0)
        {
            foreach (var reference in UndefinedReferences())
            {
                _log.ReferenceUndefined(reference);
            }
        }

        foreach (var name in _optionsNames)
        {
            if (names.Find(name) is { } defined && defined != name)
            {
                _log.OptionsOfOtherCase(name, defined);
            }
        }

        LogSimilarNames();
    }

    /// <summary>Logs each pair of similar names once. A changed configuration may add another pair.</summary>
    public void LogSimilarNames()
    {
        LogSimilarNames(name => GroupNames.GroupOf(name) is null, name => name);
        LogSimilarNames(name => GroupNames.GroupOf(name) is not null, GroupNames.SettingsOf);
    }

    /// <summary>Logs the values of the configuration that code overwrites, each once until it changes.</summary>
    public void LogOverwritten(FluxgateBreakerSettings settings)
    {
        foreach (var (path, text, inForce) in SettingsReadResult.Of(settings).Overwritten)
        {
            if (!_overwritten.TryGetValue(path, out var logged) || logged != (text, inForce))
            {
                _overwritten[path] = (text, inForce);
                _log.ValueOverwritten(path, SettingsNode.Shorten(text), inForce);
            }
        }
    }

    private void LogSimilarNames(Func<string, bool> isKind, Func<string, string> nameOf)
    {
        string[] configured = [.. names.Configured.Except(names.InCode, BreakerNames.Comparer).Where(isKind).Select(GroupNames.Bare)];
        string[] inCodeOnly =
            configured.Length == 0
                ? []
                : [.. names.InCode.Except(names.Configured, BreakerNames.Comparer).Where(isKind).Select(GroupNames.Bare)];
        if ((long)configured.Length * inCodeOnly.Length > MaxPairs)
        {
            return;
        }

        foreach (var name in configured)
        {
            // Names as short as "eu" and "us" are all similar.
            if (name.Length > 3 && Closest.To(name, inCodeOnly) is { } similar && _similarNames.Add((nameOf(name), nameOf(similar))))
            {
                _log.NamesSimilar(nameOf(name), nameOf(similar));
            }
        }
    }

    private IEnumerable<string> UndefinedReferences()
    {
        var undefined = _references.Where(reference => !reference.IsDefined(names)).ToArray();
        var known = undefined.Length == 0 ? [] : names.Known;
        return undefined.Select(reference =>
            $"{reference.Subject} refers to the {GroupNames.Describe(reference.Name)}, which is not defined.{BreakerNames.Advice(reference.Name, known)}"
        );
    }
}
