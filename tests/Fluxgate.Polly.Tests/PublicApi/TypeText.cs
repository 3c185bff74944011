using System.Reflection;

namespace Fluxgate;

/// <summary>Types as C# writes them.</summary>
internal static class TypeText
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(char)] = "char",
        [typeof(byte)] = "byte",
        [typeof(sbyte)] = "sbyte",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
    };

    /// <summary>A type where it is used, with its question marks.</summary>
    public static string Of(Type type, Nullability nullability)
    {
        if (type.IsByRef)
        {
            return Of(type.GetElementType()!, nullability);
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Of(underlying, nullability) + "?";
        }

        if (type.IsArray)
        {
            var mark = Mark(nullability);
            return $"{Of(type.GetElementType()!, nullability)}[{new string(',', type.GetArrayRank() - 1)}]{mark}";
        }

        if (type.IsValueType)
        {
            if (type.IsGenericType)
            {
                nullability.Skip();
            }

            return Named(type, nullability);
        }

        var question = Mark(nullability);
        return Named(type, nullability) + question;
    }

    /// <summary>A type with its name alone, as the base or an interface of another.</summary>
    public static string WithoutMarks(Type type) =>
        type.IsGenericType ? $"{Name(type)}<{string.Join(", ", type.GetGenericArguments().Select(WithoutMarks))}>" : Name(type);

    /// <summary>A type where it is declared: <c>Fluxgate.Outer.Inner&lt;TResult&gt;</c>.</summary>
    public static string Declared(Type type)
    {
        var outer = type.DeclaringType is { } declaring ? Declared(declaring) : type.Namespace;
        return $"{outer}.{Simple(type)}{Parameters(type)}";
    }

    /// <summary>The type parameters that a type or a method declares.</summary>
    public static string Parameters(MemberInfo member)
    {
        var parameters = ParametersOf(member);
        return parameters.Length == 0 ? "" : $"<{string.Join(", ", parameters.Select(parameter => Variance(parameter) + parameter.Name))}>";
    }

    /// <summary>What a type or a method asks of its type parameters.</summary>
    public static string Constraints(MemberInfo member) =>
        string.Concat(
            ParametersOf(member)
                .Select(parameter => (parameter.Name, Asked: string.Join(", ", Asked(parameter, member))))
                .Where(constraint => constraint.Asked.Length > 0)
                .Select(constraint => $" where {constraint.Name} : {constraint.Asked}")
        );

    private static Type[] ParametersOf(MemberInfo member) =>
        member switch
        {
            Type { IsGenericTypeDefinition: true } type =>
            [
                .. type.GetGenericArguments().Skip(type.DeclaringType?.GetGenericArguments().Length ?? 0),
            ],
            MethodInfo { IsGenericMethodDefinition: true } method => method.GetGenericArguments(),
            _ => [],
        };

    private static IEnumerable<string> Asked(Type parameter, MemberInfo owner)
    {
        var special = parameter.GenericParameterAttributes & GenericParameterAttributes.SpecialConstraintMask;
        var isStruct = special.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint);
        if (isStruct)
        {
            yield return "struct";
        }
        else if (special.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint))
        {
            yield return Nullability.Of(parameter, owner).NextIsNullable() ? "class?" : "class";
        }

        foreach (var constraint in parameter.GetGenericParameterConstraints().Where(constraint => constraint != typeof(ValueType)))
        {
            yield return WithoutMarks(constraint);
        }

        if (special.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint) && !isStruct)
        {
            yield return "new()";
        }
    }

    private static string Named(Type type, Nullability nullability)
    {
        if (!type.IsGenericType)
        {
            return Name(type);
        }

        var arguments = string.Join(", ", type.GetGenericArguments().Select(argument => Of(argument, nullability)));
        return type.Name.StartsWith("ValueTuple`", StringComparison.Ordinal) ? $"({arguments})" : $"{Name(type)}<{arguments}>";
    }

    private static string Mark(Nullability nullability) => nullability.NextIsNullable() ? "?" : "";

    private static string Variance(Type parameter) =>
        (parameter.GenericParameterAttributes & GenericParameterAttributes.VarianceMask) switch
        {
            GenericParameterAttributes.Covariant => "out ",
            GenericParameterAttributes.Contravariant => "in ",
            _ => "",
        };

    private static string Name(Type type) =>
        type.IsGenericParameter ? type.Name
        : Keywords.TryGetValue(type, out var keyword) ? keyword
        : type.DeclaringType is { } declaring ? $"{Name(declaring)}.{Simple(type)}"
        : Simple(type);

    private static string Simple(Type type) => type.Name.Split('`')[0];
}
