using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Fluxgate;

public sealed class Documentation
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static TheoryData<string> Shipped => [.. OurAssemblies.Shipped.Select(assembly => assembly.GetName().Name!)];

    [Theory]
    [MemberData(nameof(Shipped))]
    public void Every_public_member_is_documented(string name)
    {
        var assembly = OurAssemblies.Shipped.Single(shipped => string.Equals(shipped.GetName().Name, name, StringComparison.Ordinal));
        var written = Written(assembly);
        var visible = assembly.GetExportedTypes().SelectMany(type => Members(type).Prepend(type)).Select(DocumentationId.Of).ToList();

        Assert.NotEmpty(visible);
        Assert.DoesNotContain(visible, id => !written.Contains(id));
    }

    private static HashSet<string> Written(Assembly assembly) =>
        XDocument
            .Load(Path.ChangeExtension(assembly.Location, ".xml"))
            .Descendants("member")
            .Where(member => member.Elements().Any(element => element.Name == "inheritdoc" || element.Value.Trim().Length > 0))
            .Select(member => member.Attribute("name")!.Value)
            .ToHashSet(StringComparer.Ordinal);

    private static IEnumerable<MemberInfo> Members(Type type) =>
        type.GetMembers(Declared).Where(member => IsVisible(member) && !IsWrittenByTheCompiler(member));

    private static bool IsVisible(MemberInfo member) =>
        member switch
        {
            MethodBase method => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly,
            PropertyInfo property => property.GetAccessors(nonPublic: true).Any(IsVisible),
            EventInfo happening => IsVisible(happening.AddMethod!),
            FieldInfo field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly,
            _ => false,
        };

    // Members that a record, an enum or a property adds; an operator has a special name too, but is written by the author. A constructor without
    // parameters is mostly the default one, and cannot be distinguished from it.
    private static bool IsWrittenByTheCompiler(MemberInfo member) =>
        member.IsDefined(typeof(CompilerGeneratedAttribute))
        || member is MethodInfo { IsSpecialName: true } method && !method.Name.StartsWith("op_", StringComparison.Ordinal)
        || member is FieldInfo { IsSpecialName: true }
        || member is ConstructorInfo constructor && constructor.GetParameters().Length == 0;
}
