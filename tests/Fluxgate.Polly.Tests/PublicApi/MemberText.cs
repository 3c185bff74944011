using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Fluxgate;

/// <summary>Members as C# declares them, without bodies, attributes and the word <c>public</c>.</summary>
internal static class MemberText
{
    public static string Of(MemberInfo member) =>
        member switch
        {
            ConstructorInfo constructor =>
                $"{Access(constructor)}{constructor.DeclaringType!.Name.Split('`')[0]}({Parameters(constructor)})",
            MethodInfo method => Of(method),
            PropertyInfo property => Of(property),
            FieldInfo field => Of(field),
            EventInfo raised => $"{Modifiers(raised.AddMethod!)}event {TypeOf(raised, raised.EventHandlerType!)} {raised.Name}",
            _ => throw new ArgumentException($"{member} is no member that can be written.", nameof(member)),
        };

    public static bool IsVisible(MethodBase? method) => method is { IsPublic: true } or { IsFamily: true } or { IsFamilyOrAssembly: true };

    /// <summary>Parameters with their types, passing, names and defaults.</summary>
    public static string Parameters(MethodBase method)
    {
        var isExtension = method.IsDefined(typeof(ExtensionAttribute), inherit: false);
        return string.Join(
            ", ",
            method.GetParameters().Select(parameter => (isExtension && parameter.Position == 0 ? "this " : "") + Of(parameter))
        );
    }

    /// <summary>What a method gives back.</summary>
    public static string Result(MethodInfo method)
    {
        var passing =
            !method.ReturnType.IsByRef ? ""
            : method.ReturnParameter.IsDefined(typeof(IsReadOnlyAttribute), inherit: false) ? "ref readonly "
            : "ref ";
        return passing + TypeText.Of(method.ReturnType, Nullability.Of(method.ReturnParameter, method));
    }

    private static string Of(MethodInfo method) =>
        method.Name is "op_Implicit" or "op_Explicit"
            ? $"static {(method.Name == "op_Implicit" ? "implicit" : "explicit")} operator {Result(method)}({Parameters(method)})"
            : $"{Modifiers(method)}{Result(method)} {Operator(method)}{TypeText.Parameters(method)}({Parameters(method)}){TypeText.Constraints(method)}";

    private static string Of(PropertyInfo property)
    {
        var accessors = property.GetAccessors(nonPublic: true).Where(IsVisible).OrderByDescending(accessor => accessor.IsPublic).ToArray();
        var required = property.IsDefined(typeof(RequiredMemberAttribute), inherit: false) ? "required " : "";
        var name = property.GetIndexParameters() is { Length: > 0 } index ? $"this[{string.Join(", ", index.Select(Of))}]" : property.Name;
        var parts = new[] { (Word: "get", Accessor: property.GetMethod), (Word: Setter(property), Accessor: property.SetMethod) }
            .Where(part => IsVisible(part.Accessor))
            .Select(part => $"{(part.Accessor!.IsPublic == accessors[0].IsPublic ? "" : Access(part.Accessor))}{part.Word}; ");
        return $"{required}{Modifiers(accessors[0])}{TypeOf(property, property.PropertyType)} {name} {{ {string.Concat(parts)}}}";
    }

    private static string Of(FieldInfo field)
    {
        var type = TypeOf(field, field.FieldType);
        var access = field.IsPublic ? "" : "protected ";
        return field.DeclaringType!.IsEnum ? $"{field.Name} = {Convert.ToString(field.GetRawConstantValue(), CultureInfo.InvariantCulture)}"
            : field.IsLiteral ? $"{access}const {type} {field.Name} = {Literal(field.GetRawConstantValue(), field.FieldType)}"
            : $"{access}{(field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : "")}{type} {field.Name}";
    }

    private static string Of(ParameterInfo parameter)
    {
        var passing =
            parameter.IsDefined(typeof(ParamArrayAttribute), inherit: false) ? "params "
            : !parameter.ParameterType.IsByRef ? ""
            : parameter.IsOut ? "out "
            : parameter.IsDefined(typeof(IsReadOnlyAttribute), inherit: false) ? "in "
            : "ref ";
        var text = passing + TypeText.Of(parameter.ParameterType, Nullability.Of(parameter, parameter.Member)) + " " + parameter.Name;
        return parameter.HasDefaultValue ? $"{text} = {Literal(parameter.RawDefaultValue, parameter.ParameterType)}" : text;
    }

    private static string Setter(PropertyInfo property) =>
        property.SetMethod?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) == true ? "init" : "set";

    private static string TypeOf(MemberInfo member, Type type) => TypeText.Of(type, Nullability.Of(member, member.DeclaringType));

    private static string Access(MethodBase method) => method.IsPublic ? "" : "protected ";

    private static string Modifiers(MethodInfo method)
    {
        var isNew = method.Attributes.HasFlag(MethodAttributes.NewSlot);
        var virtuality =
            method.DeclaringType!.IsInterface ? (method.IsAbstract ? "" : "virtual ")
            : method.IsAbstract ? (isNew ? "abstract " : "abstract override ")
            : !method.IsVirtual ? ""
            : !isNew ? (method.IsFinal ? "sealed override " : "override ")
            : method.IsFinal ? ""
            : "virtual ";
        return Access(method) + (method.IsStatic ? "static " : "") + virtuality;
    }

    private static string Operator(MethodInfo method) =>
        method.Name switch
        {
            "op_Addition" => "operator +",
            "op_Subtraction" => "operator -",
            "op_BitwiseAnd" => "operator &",
            "op_BitwiseOr" => "operator |",
            "op_LogicalNot" => "operator !",
            "op_Equality" => "operator ==",
            "op_Inequality" => "operator !=",
            "op_LessThan" => "operator <",
            "op_GreaterThan" => "operator >",
            "op_LessThanOrEqual" => "operator <=",
            "op_GreaterThanOrEqual" => "operator >=",
            var name => name,
        };

    private static string Literal(object? value, Type type) =>
        value switch
        {
            null => type.IsValueType && Nullable.GetUnderlyingType(type) is null ? "default" : "null",
            bool truth => truth ? "true" : "false",
            string text => $"\"{text}\"",
            char letter => $"'{letter}'",
            _ when (Nullable.GetUnderlyingType(type) ?? type) is { IsEnum: true } named => $"{named.Name}.{Enum.ToObject(named, value)}",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };
}
