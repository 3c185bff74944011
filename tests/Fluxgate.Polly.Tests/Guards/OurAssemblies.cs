using System.Reflection;

namespace Fluxgate;

/// <summary>The assemblies of this repository in the output of the tests, so that a new project is checked as soon as it is referenced.</summary>
internal static class OurAssemblies
{
    public static Assembly Core { get; } = typeof(FluxgateBreaker).Assembly;

    public static IReadOnlyList<Assembly> All { get; } =
    [.. Directory.GetFiles(AppContext.BaseDirectory, "Fluxgate.Polly*.dll").Order(StringComparer.Ordinal).Select(Assembly.LoadFrom)];

    public static IEnumerable<Assembly> Shipped =>
        All.Where(assembly => !assembly.GetName().Name!.EndsWith(".Tests", StringComparison.Ordinal));

    public static IEnumerable<Type> PublicTypes => Shipped.SelectMany(assembly => assembly.GetExportedTypes());
}
