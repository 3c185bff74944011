using Microsoft.AspNetCore.Http;

namespace Fluxgate;

/// <summary>
/// Identifies what a request is about: <c>?name=payments</c> is a circuit of its own, <c>?group=tenants</c> a group, and with <c>&amp;key=acme</c> or
/// <c>&amp;shared=true</c> one circuit of it. Names and keys are in the query because they may contain any characters, slashes included.
/// </summary>
/// <param name="Name">The name of a circuit that belongs to no group; otherwise <see langword="null"/>.</param>
/// <param name="Group">The name of a group.</param>
/// <param name="Key">The key of a circuit in the group.</param>
/// <param name="IsShared">Whether the shared circuit of the group is meant.</param>
internal sealed record CircuitAddress(string? Name, string? Group = null, string? Key = null, bool IsShared = false)
{
    public const string Form = "name=… for a circuit, or group=… for a group, with key=… or shared=true for one of its circuits";

    /// <summary>Gets whether this is a group as a whole.</summary>
    public bool IsGroup => Group is not null && Key is null && !IsShared;

    /// <summary>Reads an address; <see langword="null"/> if the query contains none, or more than one.</summary>
    public static CircuitAddress? Of(IQueryCollection query)
    {
        var (name, group, key, shared) = (One(query, "name"), One(query, "group"), One(query, "key"), One(query, "shared"));
        var isShared = string.Equals(shared, "true", StringComparison.OrdinalIgnoreCase);
        var isValid =
            (shared is null || isShared)
            && (name is null ? group is not null && !(key is not null && isShared) : (group ?? key ?? shared) is null);
        return isValid ? new(name, group, key, isShared) : null;
    }

    /// <summary>Returns one line for messages and logs.</summary>
    public override string ToString() =>
        OneLine.Of(
            Name is not null ? $"circuit '{Name}'"
            : IsShared ? $"shared circuit of group '{Group}'"
            : Key is not null ? $"circuit '{Key}' of group '{Group}'"
            : $"group '{Group}'"
        );

    private static string? One(IQueryCollection query, string name) =>
        query.TryGetValue(name, out var values) && values.Count == 1 ? values[0] : null;
}
