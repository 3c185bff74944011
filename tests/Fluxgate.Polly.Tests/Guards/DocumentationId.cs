using System.Reflection;

namespace Fluxgate;

/// <summary>Returns the name of a type or member in the compiler's documentation file.</summary>
internal static class DocumentationId
{
    public static string Of(Type type) => $"T:{Name(type)}";

    public static string Of(MemberInfo member) =>
        member switch
        {
            Type type => Of(type),
            MethodBase method => $"M:{Owner(member)}.{MethodName(method)}{Parameters(method.GetParameters())}{Result(method)}",
            PropertyInfo property => $"P:{Owner(member)}.{property.Name}{Parameters(property.GetIndexParameters())}",
            EventInfo => $"E:{Owner(member)}.{member.Name}",
            _ => $"F:{Owner(member)}.{member.Name}",
        };

    private static string Owner(MemberInfo member) => Name(member.DeclaringType!);

    private static string Name(Type type) => type.FullName!.Replace('+', '.');

    private static string MethodName(MethodBase method) =>
        method.IsConstructor ? "#ctor"
        : method.IsGenericMethod ? $"{method.Name}``{method.GetGenericArguments().Length}"
        : method.Name;

    // Conversions are the only members that differ by their result alone.
    private static string Result(MethodBase method) =>
        method is MethodInfo { Name: "op_Implicit" or "op_Explicit" } conversion ? $"~{Reference(conversion.ReturnType)}" : "";

    private static string Parameters(ParameterInfo[] parameters) =>
        parameters.Length == 0 ? "" : $"({string.Join(',', parameters.Select(parameter => Reference(parameter.ParameterType)))})";

    private static string Reference(Type type)
    {
        if (type.IsGenericParameter)
        {
            return $"{(type.DeclaringMethod is null ? "`" : "``")}{type.GenericParameterPosition}";
        }

        if (type.HasElementType)
        {
            return Reference(type.GetElementType()!) + (type.IsByRef ? "@" : "[]");
        }

        if (!type.IsGenericType)
        {
            return Name(type);
        }

        var definition = Name(type.GetGenericTypeDefinition());
        return $"{definition[..definition.IndexOf('`', StringComparison.Ordinal)]}{{{string.Join(',', type.GetGenericArguments().Select(Reference))}}}";
    }
}
