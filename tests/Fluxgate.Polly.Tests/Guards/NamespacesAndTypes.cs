using System.Reflection;
using Polly;

namespace Fluxgate;

public sealed class NamespacesAndTypes
{
    /// <summary>The namespaces in which users of builders, service collections and endpoints look for extensions.</summary>
    private static readonly string[] HomesOfExtensions =
    [
        "Polly",
        "Microsoft.Extensions.DependencyInjection",
        "Microsoft.AspNetCore.Builder",
    ];

    [Fact]
    public void The_guards_include_the_core_and_the_tests() =>
        Assert.Superset(
            new HashSet<string?> { "Fluxgate.Polly", "Fluxgate.Polly.Tests" },
            OurAssemblies.All.Select(assembly => assembly.GetName().Name).ToHashSet()
        );

    // It would hide Polly from every file inside it.
    [Fact]
    public void No_namespace_begins_with_Fluxgate_Polly() =>
        Assert.DoesNotContain(
            OurAssemblies.All.SelectMany(assembly => assembly.GetTypes()),
            type => $"{type.Namespace}.".StartsWith("Fluxgate.Polly.", StringComparison.Ordinal)
        );

    [Fact]
    public void Every_public_type_except_extensions_is_in_Fluxgate() =>
        Assert.Empty(
            OurAssemblies
                .PublicTypes.Where(type =>
                    !string.Equals(type.Namespace, "Fluxgate", StringComparison.Ordinal)
                    && !(HomesOfExtensions.Contains(type.Namespace) && IsExtensions(type))
                )
                .Select(type => type.FullName)
        );

    [Fact]
    public void The_extensions_of_the_core_are_in_Polly() =>
        Assert.Equal(["Polly"], OurAssemblies.Core.GetExportedTypes().Where(IsBuilderExtensions).Select(type => type.Namespace).Distinct());

    [Fact]
    public void A_public_class_is_sealed_static_or_abstract_unless_it_is_options() =>
        Assert.Empty(
            OurAssemblies
                .PublicTypes.Where(type => type is { IsClass: true, IsSealed: false, IsAbstract: false } && !IsOptions(type))
                .Select(type => type.FullName)
        );

    [Fact]
    public void No_public_class_has_a_public_field() =>
        Assert.Empty(
            OurAssemblies
                .PublicTypes.Where(type => !type.IsEnum)
                .SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static))
                .Where(field => !field.IsLiteral)
                .Select(field => $"{field.DeclaringType}.{field.Name}")
        );

    [Fact]
    public void The_core_references_only_Polly_Core_and_the_framework()
    {
        var framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        Assert.Equal(
            ["Polly.Core"],
            OurAssemblies
                .Core.GetReferencedAssemblies()
                .Select(reference => reference.Name!)
                .Where(name => !File.Exists(Path.Combine(framework, $"{name}.dll")))
        );
    }

    private static bool IsExtensions(Type type) =>
        type is { IsAbstract: true, IsSealed: true } && type.Name.EndsWith("Extensions", StringComparison.Ordinal);

    private static bool IsBuilderExtensions(Type type) =>
        IsExtensions(type) && type.GetMethods().Any(method => method.Name.StartsWith("Add", StringComparison.Ordinal));

    private static bool IsOptions(Type type) => typeof(ResilienceStrategyOptions).IsAssignableFrom(type);
}
