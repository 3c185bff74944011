namespace Fluxgate;

/// <summary>The settings of the fleet that the breakers of a container belong to. They are validated when the host starts.</summary>
public sealed class FleetOptions
{
    /// <summary>Gets or sets the name of the fleet: usually that of the service, and the same in all of its processes. 1 to 256 characters.</summary>
    /// <value>Empty by default, which is invalid.</value>
    public string Name { get; set; } = "";

    /// <summary>Gets or sets the zone of this process, such as an availability zone of the data center. At most 256 characters.</summary>
    /// <value><see langword="null"/> by default: no zone.</value>
    public string? Zone { get; set; }

    /// <summary>Gets or sets the identifier of this process, which must be unique in the fleet. 1 to 256 characters.</summary>
    /// <value><see langword="null"/> by default: the name of the machine and a random number, so a new one after each start.</value>
    public string? MemberId { get; set; }

    /// <summary>Gets or sets the time between two exchanges with the store, 100 ms to 1 minute. A fleet of more than 1,000 members takes more: a second for each 1,000 members.</summary>
    /// <value>1 s by default.</value>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets or sets how long the host waits for the directives while it starts, 0 to 30 s. Afterwards it starts without them.</summary>
    /// <value>2 s by default.</value>
    public TimeSpan StartupTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets or sets the path of a file that keeps the last known directives, so that a process applies them even if the store is unavailable while it starts.</summary>
    /// <value><see langword="null"/> by default: no file.</value>
    public string? DirectivesFile { get; set; }

    /// <summary>Gets the names of the breakers and groups that belong to the fleet.</summary>
    /// <value>Empty by default, which is invalid.</value>
    public IList<string> Included { get; } = [];

    /// <summary>Gets or sets the factory of the store. It receives the container and the validated options. The container disposes the store if it is disposable.</summary>
    /// <value><see langword="null"/> by default, which is invalid: call <see cref="UseInMemory"/>, <see cref="UseStore"/>, or the method of a package, such as <c>UseRedis</c>.</value>
    public Func<IServiceProvider, FleetOptions, IFleetStore>? Store { get; set; }

    /// <summary>Adds breakers or groups to the fleet. Others do not belong to it.</summary>
    /// <param name="names">The names of breakers or groups of the container, case-insensitive.</param>
    /// <returns>The same options.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="names"/> is <see langword="null"/>.</exception>
    public FleetOptions Include(params string[] names)
    {
        ArgumentNullException.ThrowIfNull(names);
        foreach (var name in names)
        {
            Included.Add(name);
        }

        return this;
    }

    /// <summary>Sets the factory of the store.</summary>
    /// <param name="factory">Creates the store of the fleet. It is called once.</param>
    /// <returns>The same options.</returns>
    public FleetOptions UseStore(Func<IServiceProvider, FleetOptions, IFleetStore> factory)
    {
        Store = factory;
        return this;
    }

    /// <summary>Sets a store in the memory of this process, for tests.</summary>
    /// <param name="store">The store. Containers that share it are members of one fleet. The container does not own it.</param>
    /// <returns>The same options.</returns>
    public FleetOptions UseInMemory(InMemoryFleetStore store) => UseStore((_, _) => store);
}
