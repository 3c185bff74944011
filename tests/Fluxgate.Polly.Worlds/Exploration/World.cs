using System.Reflection;

namespace Fluxgate.Worlds;

/// <summary>One world: its name, its invariant, and the method that runs it once.</summary>
internal sealed record World(string Name, string Invariant, Action<Story> Play)
{
    /// <summary>Returns all worlds of this assembly, ordered by name.</summary>
    public static IReadOnlyList<World> All() => [.. Marked().Where(world => !world.IsCanary)];

    /// <summary>Returns the worlds whose invariants are known not to hold.</summary>
    public static IReadOnlyList<World> Canaries() => [.. Marked().Where(world => world.IsCanary)];

    private bool IsCanary => Play.Method.DeclaringType == typeof(Canaries);

    private static IReadOnlyList<World> Marked() =>
        [
            .. typeof(World)
                .Assembly.GetTypes()
                .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly))
                .Select(method => (Method: method, World: method.GetCustomAttribute<WorldAttribute>()))
                .Where(found => found.World is not null)
                .Select(found => new World(
                    $"{found.Method.DeclaringType!.Name}.{found.Method.Name}",
                    found.World!.Invariant,
                    found.Method.CreateDelegate<Action<Story>>()
                ))
                .OrderBy(world => world.Name, StringComparer.Ordinal),
        ];
}
