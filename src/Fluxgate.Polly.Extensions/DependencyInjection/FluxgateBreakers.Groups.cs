using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;

namespace Fluxgate;

/// <content>The groups.</content>
public sealed partial class FluxgateBreakers
{
    /// <summary>Gets the groups that are created, ordered by name. After the host has started, these are all groups that are defined.</summary>
    public IReadOnlyList<BreakerGroup> Groups =>
        [.. Created.OfType<NamedGroup>().Select(named => named.Group).OrderBy(group => group.Name, StringComparer.Ordinal)];

    /// <summary>Gets the group with a name. Creates it if it is requested for the first time.</summary>
    /// <param name="name">The name of the group, case-insensitive.</param>
    /// <returns>The group; always the same instance for a name.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is <see langword="null"/>.</exception>
    /// <exception cref="KeyNotFoundException">No group has this name; the message contains the closest name.</exception>
    /// <exception cref="OptionsValidationException">The settings are invalid, as for the indexer.</exception>
    /// <exception cref="InvalidOperationException">A listener could not be created, as for the indexer.</exception>
    /// <exception cref="ObjectDisposedException">The container is disposed, and the group was not created before.</exception>
    public BreakerGroup GetGroup(string name) => TryGetGroup(name, out var group) ? group : throw Undefined(GroupNames.SettingsOf(name));

    /// <summary>Gets the group with a name, if the name is defined. Creates it if it is requested for the first time.</summary>
    /// <param name="name">The name of the group, case-insensitive.</param>
    /// <param name="group">The group, or <see langword="null"/> if no group has this name.</param>
    /// <returns><see langword="true"/> if a group has this name; otherwise, <see langword="false"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is <see langword="null"/>.</exception>
    /// <exception cref="OptionsValidationException">The settings are invalid, as for the indexer.</exception>
    /// <exception cref="InvalidOperationException">A listener could not be created, as for the indexer.</exception>
    /// <exception cref="ObjectDisposedException">The container is disposed, as for <see cref="GetGroup"/>.</exception>
    public bool TryGetGroup(string name, [NotNullWhen(true)] out BreakerGroup? group)
    {
        ArgumentNullException.ThrowIfNull(name);
        group = (Find(GroupNames.SettingsOf(name)) as NamedGroup)?.Group;
        return group is not null;
    }
}
