namespace Fluxgate;

/// <summary>The breakers of a container that belong to its fleet: those that are included, and those of the keys of included groups.</summary>
internal sealed class FleetCircuits
{
    private readonly FluxgateBreaker[] _breakers;
    private readonly BreakerGroup[] _groups;

    /// <summary>Finds the breakers and groups.</summary>
    /// <exception cref="KeyNotFoundException">A name is neither that of a breaker nor that of a group; the message has a line for each.</exception>
    public FleetCircuits(FluxgateBreakers breakers, IEnumerable<string> names)
    {
        List<FluxgateBreaker> found = [];
        List<BreakerGroup> groups = [];
        List<string> errors = [];
        foreach (var name in names.Distinct(StringComparer.OrdinalIgnoreCase))
        {
            if (breakers.TryGet(name, out var breaker))
            {
                found.Add(breaker);
            }
            else if (breakers.TryGetGroup(name, out var group))
            {
                groups.Add(group);
            }
            else
            {
                errors.Add(Undefined(breakers, name));
            }
        }

        if (errors.Count > 0)
        {
            throw new KeyNotFoundException(string.Join(Environment.NewLine, errors));
        }

        (_breakers, _groups) = ([.. found], [.. groups]);
    }

    /// <summary>Returns the circuits that there are now.</summary>
    public IReadOnlyCollection<FluxgateBreaker> Read() =>
        _groups.Length == 0 ? _breakers : [.. _breakers, .. _groups.SelectMany(group => group.Prepend(group.Shared))];

    private static string Undefined(FluxgateBreakers breakers, string name)
    {
        string[] known = [.. breakers.Names.Concat(breakers.Groups.Select(group => group.Name)).Order(StringComparer.Ordinal)];
        var hint = Closest.To(name, known) is { } closest ? $" Did you mean {closest}?" : "";
        return $"{nameof(FleetOptions.Included)}: '{OneLine.Excerpt(name)}' is neither a breaker nor a group of the container.{hint} Known names: {string.Join(", ", known)}.";
    }
}
