using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace Fluxgate;

/// <summary>A section of the configuration with <c>Defaults</c> and <c>Breakers</c>, read again when it has changed.</summary>
internal sealed class SectionSource(IConfiguration section) : SettingsSource
{
    private const string Defaults = "Defaults";
    private const string Breakers = "Breakers";

    private volatile Shape? _shape;
    private int _failedLoads;

    public override IEnumerable<string> Names => Current.Names;

    public override bool MayNameMore => true;

    public override string? MissingPath => Current.Root is { IsEmpty: true } root ? root.Path : null;

    public override IEnumerable<(string Path, LostFile File)> Kept => Current.Root.Kept();

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

    public override string? Find(string name) => Named(name)?.Key;

    public override IDisposable? Watch(Action changed) =>
        new FailedLoads(
            ConfigurationLayer.Of(section).Select(layer => layer.File?.Source).OfType<FileConfigurationSource>(),
            ChangeToken.OnChange(section.GetReloadToken, changed),
            () =>
            {
                Interlocked.Increment(ref _failedLoads);
                changed();
            }
        );

    public override void ApplyDefaults(FluxgateBreakerSettings settings, SettingsReading reading)
    {
        foreach (var problem in Current.Problems)
        {
            reading.Add(problem);
        }

        if (Current.Root.Find(Defaults) is { } defaults)
        {
            SettingsReader.Read(defaults, settings, reading);
        }
    }

    public override void Apply(string name, FluxgateBreakerSettings settings, SettingsReading reading)
    {
        if (Named(name) is { } breaker)
        {
            SettingsReader.Read(breaker, settings, reading);
        }
    }

    public override IEnumerable<(string Path, LostFile File)> KeptOf(string name) =>
        new[] { Named(name), Current.Root.Find(Defaults) }.OfType<SettingsNode>().SelectMany(node => node.Kept());

    /// <summary>Gets what was read last, read again if the section has changed: once for all breakers of a reload.</summary>
    private Shape Current
    {
        get
        {
            var shape = _shape;
            var failedLoads = Volatile.Read(ref _failedLoads);
            if (shape is null || shape.Token.HasChanged || shape.FailedLoads != failedLoads)
            {
                // The token first: what changes meanwhile is read again.
                _shape = shape = new(section.GetReloadToken(), failedLoads, new SectionView(section, shape?.View));
            }

            return shape;
        }
    }

    private SettingsNode? Named(string name) => IsName(name) ? Current.Root.Find(Breakers)?.Find(name) : null;

    private static bool IsName(string key) => key.Length is > 0 and <= FluxgateDefaults.MaxNameLength;

    /// <summary>What the section says as long as nothing has changed: its keys, the breakers that it names, and what is wrong with it as a whole.</summary>
    private sealed class Shape
    {
        public Shape(IChangeToken token, int failedLoads, SectionView view)
        {
            (Token, FailedLoads, View) = (token, failedLoads, view);
            Names = [.. BreakersOf(Root).Select(child => child.Key).Where(IsName)];
            Problems = [.. ProblemsOf(Root)];
        }

        public IChangeToken Token { get; }

        public int FailedLoads { get; }

        public SectionView View { get; }

        public SettingsNode Root => View.Root;

        public string[] Names { get; }

        public string[] Problems { get; }

        private static IEnumerable<SettingsNode> BreakersOf(SettingsNode root) => root.Find(Breakers)?.Children ?? [];

        private static IEnumerable<string> ProblemsOf(SettingsNode root)
        {
            if (!string.IsNullOrEmpty(root.Value))
            {
                yield return $"{root.Path}: '{SettingsReader.Shown(root.Value)}' is refused: expected a section with {Defaults} and {Breakers}.";
            }

            foreach (var child in root.Children)
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

            foreach (var breaker in BreakersOf(root).Where(child => !IsName(child.Key)))
            {
                yield return $"{SettingsReader.Shown(breaker.Path)}: a breaker's name must have 1 to {FluxgateDefaults.MaxNameLength} characters, but has {RuleText.Number(breaker.Key.Length)}.";
            }
        }

        private static bool IsOneOf(string key, params string[] known) => known.Contains(key, StringComparer.OrdinalIgnoreCase);
    }
}
