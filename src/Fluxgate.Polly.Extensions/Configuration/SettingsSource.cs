using Microsoft.Extensions.Primitives;

namespace Fluxgate;

/// <summary>Where settings come from: code or a section of the configuration. Sources stand in the container in the order they were added.</summary>
internal abstract class SettingsSource
{
    /// <summary>The breakers that this source names at this moment.</summary>
    public virtual IEnumerable<string> Names => [];

    /// <summary>Whether names are spelled as a person wrote them in code, and not as configuration providers merged them.</summary>
    public virtual bool SpellsNames => false;

    /// <summary>Whether the source may name breakers later that it does not name now.</summary>
    public virtual bool MayNameMore => false;

    /// <summary>The path of the source where nothing is there, which may be misspelt.</summary>
    public virtual string? MissingPath => null;

    /// <summary>Whether all that the source held has disappeared, as when a file is deleted or half written.</summary>
    public virtual bool HasVanished => false;

    /// <summary>What is wrong with the source beyond single breakers.</summary>
    public virtual IEnumerable<string> Problems => [];

    /// <summary>Fires when the source has changed.</summary>
    public virtual IChangeToken? ChangeToken() => null;

    /// <summary>What holds for every breaker, unless its own settings say otherwise.</summary>
    public virtual void ApplyDefaults(FluxgateBreakerSettings settings, SettingsReading reading) { }

    public virtual void Apply(string name, FluxgateBreakerSettings settings, SettingsReading reading) { }
}
