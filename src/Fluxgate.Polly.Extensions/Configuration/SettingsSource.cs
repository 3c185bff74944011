namespace Fluxgate;

/// <summary>Where settings come from: code or a section of the configuration. Sources stand in the container in the order they were added.</summary>
internal abstract class SettingsSource
{
    /// <summary>Gets the breakers that this source names at this moment.</summary>
    public virtual IEnumerable<string> Names => [];

    /// <summary>Gets the one breaker that this source is about, or <see langword="null"/> where it may be about each.</summary>
    public virtual string? OnlyFor => null;

    /// <summary>Gets whether the source may name breakers later that it does not name now.</summary>
    public virtual bool MayNameMore => false;

    /// <summary>Gets the path of the source where nothing is there, which may be misspelt.</summary>
    public virtual string? MissingPath => null;

    /// <summary>Gets what is wrong with the source beyond single breakers.</summary>
    public virtual IEnumerable<string> Problems => [];

    /// <summary>Gets the keys that files said which are lost now, and that stay in force.</summary>
    public virtual IEnumerable<(string Path, LostFile File)> Kept => [];

    /// <summary>Returns those of the kept keys that are about a breaker.</summary>
    public virtual IEnumerable<(string Path, LostFile File)> KeptOf(string name) => [];

    /// <summary>Returns a breaker's name as this source spells it, or <see langword="null"/> where it does not name it.</summary>
    public virtual string? Find(string name) => null;

    /// <summary>Calls back when the source has changed, until disposed.</summary>
    public virtual IDisposable? Watch(Action changed) => null;

    /// <summary>Sets what holds for every breaker, unless its own settings say otherwise.</summary>
    public virtual void ApplyDefaults(FluxgateBreakerSettings settings, SettingsReading reading) { }

    /// <summary>Sets what the source says about one breaker.</summary>
    public virtual void Apply(string name, FluxgateBreakerSettings settings, SettingsReading reading) { }
}
