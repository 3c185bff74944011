namespace Fluxgate;

/// <summary>
/// The names of the settings of groups: <c>BreakerGroups:tenants</c>. One space of names thus holds breakers and groups, for settings, errors and
/// options. No key of a configuration contains the colon, and <c>AddBreaker</c> refuses such a name.
/// </summary>
internal static class GroupNames
{
    public const string Section = "BreakerGroups";

    private const string Prefix = $"{Section}:";

    /// <summary>Returns the name of the settings of a group.</summary>
    public static string SettingsOf(string group) => Prefix + group;

    /// <summary>Returns the group whose settings have a name, or <see langword="null"/> if they are those of a breaker.</summary>
    public static string? GroupOf(string name) =>
        name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? name[Prefix.Length..] : null;

    /// <summary>Returns what a name is the name of, for messages: <c>breaker 'payments'</c>, <c>group 'tenants'</c>.</summary>
    public static string Describe(string name) => GroupOf(name) is { } group ? $"group '{group}'" : $"breaker '{name}'";

    /// <summary>Returns the name of a breaker or a group without the part that distinguishes them.</summary>
    public static string Bare(string name) => GroupOf(name) ?? name;
}
