using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace Fluxgate;

/// <summary>A section of the configuration with <c>Defaults</c> and <c>Breakers</c>, read anew each time.</summary>
internal sealed class SectionSource : SettingsSource
{
    private const string Defaults = "Defaults";
    private const string Breakers = "Breakers";

    private readonly IConfiguration _section;
    private volatile bool _seen;
    private volatile Shape? _shape;

    public SectionSource(IConfiguration section)
    {
        _section = section;
        _seen = Exists;
    }

    public override IEnumerable<string> Names => Current.Names;

    public override bool MayNameMore => true;

    public override string? MissingPath => Exists ? null : (_section as IConfigurationSection)?.Path ?? "";

    public override bool HasVanished
    {
        get
        {
            var exists = Exists;
            _seen |= exists;
            return _seen && !exists;
        }
    }

    public override IEnumerable<string> Problems
    {
        get
        {
            // Read to nowhere: bad defaults are told even where no breaker is named yet.
            var reading = new SettingsReading();
            ApplyDefaults(new(), reading);
            return reading.Problems;
        }
    }

    private bool Exists => _section is IConfigurationSection section ? section.Exists() : _section.GetChildren().Any();

    public override IChangeToken ChangeToken() => _section.GetReloadToken();

    public override void ApplyDefaults(FluxgateBreakerSettings settings, SettingsReading reading)
    {
        foreach (var problem in Current.Problems)
        {
            reading.Add(problem);
        }

        SettingsReader.Read(_section.GetSection(Defaults), settings, reading);
    }

    public override void Apply(string name, FluxgateBreakerSettings settings, SettingsReading reading) =>
        SettingsReader.Read(_section.GetSection(Breakers).GetSection(name), settings, reading);

    /// <summary>Read once for all breakers of a reload: reading the keys of all for each of many takes seconds.</summary>
    private Shape Current
    {
        get
        {
            var shape = _shape;
            if (shape is null || shape.Token.HasChanged)
            {
                // The token first: what changes meanwhile is read again.
                var token = ChangeToken();
                string[] names = [.. _section.GetSection(Breakers).GetChildren().Select(child => child.Key).Where(IsName)];
                _shape = shape = new(token, names, [.. ProblemsOfShape()]);
            }

            return shape;
        }
    }

    private IEnumerable<string> ProblemsOfShape()
    {
        if (_section is IConfigurationSection { Value.Length: > 0 } itself)
        {
            yield return $"{itself.Path}: '{SettingsReader.Shown(itself.Value)}' is refused: expected a section with {Defaults} and {Breakers}.";
        }

        foreach (var child in _section.GetChildren())
        {
            if (!IsOneOf(child.Key, Defaults, Breakers))
            {
                yield return SettingsReader.Unknown(child, [Defaults, Breakers]);
            }
            else if (IsOneOf(child.Key, Breakers) && !string.IsNullOrEmpty(child.Value))
            {
                yield return $"{child.Path}: '{SettingsReader.Shown(child.Value)}' is refused: expected a section with a key for each breaker.";
            }
        }

        foreach (var breaker in _section.GetSection(Breakers).GetChildren().Where(child => !IsName(child.Key)))
        {
            yield return $"{SettingsReader.Shown(breaker.Path)}: a breaker's name must have 1 to {FluxgateDefaults.MaxNameLength} characters, but has {RuleText.Number(breaker.Key.Length)}.";
        }
    }

    private static bool IsName(string key) => key.Length is > 0 and <= FluxgateDefaults.MaxNameLength;

    private static bool IsOneOf(string key, params string[] known) => known.Contains(key, StringComparer.OrdinalIgnoreCase);

    /// <summary>The breakers that the section names, and what is wrong with it as a whole, as long as nothing has changed.</summary>
    private sealed record Shape(IChangeToken Token, string[] Names, string[] Problems);
}
