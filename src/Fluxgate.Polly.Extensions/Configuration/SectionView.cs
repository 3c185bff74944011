using Microsoft.Extensions.Configuration;

namespace Fluxgate;

/// <summary>What the providers of a section say at one moment, and what files that are lost at that moment said before. Immutable.</summary>
internal sealed class SectionView
{
    private readonly Dictionary<FileConfigurationSource, Dictionary<string, string?>> _said = [];

    /// <summary>Reads a section.</summary>
    /// <param name="section">The section.</param>
    /// <param name="before">What was read before, where files that are lost by now said something.</param>
    public SectionView(IConfiguration section, SectionView? before)
    {
        Root = new((section as IConfigurationSection)?.Key ?? "", (section as IConfigurationSection)?.Path ?? "");
        foreach (var layer in ConfigurationLayer.Of(section))
        {
            var says = layer.Read();
            var lost = layer.File is { } file ? Remember(file, ref says, before) : null;
            foreach (var (key, value) in says)
            {
                Root.Set(key, value, lost);
            }
        }
    }

    /// <summary>Gets the section with all that is in force.</summary>
    public SettingsNode Root { get; }

    /// <summary>Finds out whether a file is lost, and what it said before if .NET has taken it for empty.</summary>
    private LostFile? Remember(FileConfigurationProvider file, ref Dictionary<string, string?> says, SectionView? before)
    {
        // By the source: a configuration manager whose sources change builds other providers of the same sources.
        var said = before?._said.GetValueOrDefault(file.Source);
        var lost = said is null ? null : LostFile.Of(file);
        if (lost is not null && says.Count == 0)
        {
            says = said!;
        }

        if (says.Count > 0)
        {
            _said[file.Source] = says;
        }

        return lost;
    }
}
