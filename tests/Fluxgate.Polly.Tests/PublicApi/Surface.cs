using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Fluxgate;

/// <summary>What an assembly shows its users, as text: a line for each type, and below it, indented, a line for each member.</summary>
internal static class Surface
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static string Of(Assembly assembly) => Of(assembly.GetExportedTypes());

    public static string Of(IEnumerable<Type> types) =>
        string.Concat(
            types
                .Where(IsVisible)
                .Select(type => (Key: TypeText.Declared(type), Type: type))
                .OrderBy(type => type.Key, StringComparer.Ordinal)
                .SelectMany(type => (string[])[Heading(type.Type), .. Members(type.Type).Select(member => "    " + member)])
                .Select(line => line + "\n")
        );

    private static bool IsVisible(Type type) =>
        type.IsPublic
        || (type.DeclaringType is { } outer && IsVisible(outer) && (type.IsNestedPublic || type.IsNestedFamily || type.IsNestedFamORAssem));

    private static string Heading(Type type)
    {
        if (typeof(Delegate).IsAssignableFrom(type))
        {
            var invoke = type.GetMethod("Invoke")!;
            return $"delegate {MemberText.Result(invoke)} {TypeText.Declared(type)}({MemberText.Parameters(invoke)}){TypeText.Constraints(type)}";
        }

        string[] bases = [.. BaseOf(type), .. InterfacesOf(type)];
        return $"{Kind(type)} {TypeText.Declared(type)}{(bases.Length > 0 ? " : " + string.Join(", ", bases) : "")}{TypeText.Constraints(type)}";
    }

    private static string Kind(Type type)
    {
        var access = type.IsPublic || type.IsNestedPublic ? "" : "protected ";
        if (type.IsEnum || type.IsInterface)
        {
            return access + (type.IsEnum ? "enum" : "interface");
        }

        var record = type.GetMethod("<Clone>$", Declared) is not null ? "record" : "class";
        return access
            + (
                type.IsValueType
                    ? (type.IsDefined(typeof(IsReadOnlyAttribute), inherit: false) ? "readonly " : "")
                        + (type.IsByRefLike ? "ref struct" : "struct")
                    : (type.IsAbstract, type.IsSealed) switch
                    {
                        (true, true) => "static class",
                        (true, _) => "abstract " + record,
                        (_, true) => "sealed " + record,
                        _ => record,
                    }
            );
    }

    private static IEnumerable<string> BaseOf(Type type) =>
        type is { IsEnum: true }
            ? (Enum.GetUnderlyingType(type) == typeof(int) ? [] : [TypeText.WithoutMarks(Enum.GetUnderlyingType(type))])
        : type.BaseType is null || type.IsValueType || type.BaseType == typeof(object) ? []
        : [TypeText.WithoutMarks(type.BaseType)];

    // Those that the type names itself: what a base or another interface brings along says nothing new.
    private static IEnumerable<string> InterfacesOf(Type type)
    {
        var all = type.IsEnum ? [] : type.GetInterfaces();
        return all.Where(candidate => candidate.IsVisible)
            .Except(type.BaseType?.GetInterfaces() ?? [])
            .Except(all.SelectMany(other => other.GetInterfaces()))
            .Select(TypeText.WithoutMarks)
            .Order(StringComparer.Ordinal);
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (typeof(Delegate).IsAssignableFrom(type))
        {
            return [];
        }

        return type.GetMembers(Declared)
            .Where(member => IsVisible(member, type))
            .Select(member => (Value: ValueOf(member), member.Name, Text: MemberText.Of(member)))
            .OrderBy(member => member.Value)
            .ThenBy(member => member.Name, StringComparer.Ordinal)
            .ThenBy(member => member.Text, StringComparer.Ordinal)
            .Select(member => member.Text);
    }

    private static long ValueOf(MemberInfo member) =>
        member is FieldInfo { IsLiteral: true, DeclaringType.IsEnum: true } value
            ? Convert.ToInt64(value.GetRawConstantValue(), CultureInfo.InvariantCulture)
            : 0;

    private static bool IsVisible(MemberInfo member, Type type) =>
        member switch
        {
            // Equality, copying and printing of a record are said by the word itself.
            _ when member.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) => false,
            ConstructorInfo constructor => MemberText.IsVisible(constructor),
            MethodInfo method => MemberText.IsVisible(method)
                && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)),
            PropertyInfo property => property.GetAccessors(nonPublic: true).Any(MemberText.IsVisible),
            FieldInfo field => (field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly) && !field.IsSpecialName,
            EventInfo raised => MemberText.IsVisible(raised.AddMethod),
            _ => false,
        } && !(type.IsSealed && IsProtected(member));

    private static bool IsProtected(MemberInfo member) =>
        member switch
        {
            MethodBase method => !method.IsPublic,
            PropertyInfo property => !property.GetAccessors(nonPublic: true).Any(accessor => accessor.IsPublic),
            FieldInfo field => !field.IsPublic,
            _ => false,
        };
}
