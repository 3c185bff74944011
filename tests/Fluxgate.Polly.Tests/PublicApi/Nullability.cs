using System.Reflection;

namespace Fluxgate;

/// <summary>
/// What the compiler wrote down about <see langword="null"/> for one place: a flag for each reference type in it, outermost first.
/// </summary>
/// <remarks>
/// Read by hand, since <see cref="NullabilityInfoContext"/> calls a bare <c>T</c> nullable wherever the type parameter could be.
/// </remarks>
internal sealed class Nullability
{
    private const byte Annotated = 2;

    private readonly byte[] _flags;
    private int _next;

    private Nullability(byte[] flags) => _flags = flags;

    /// <param name="place">A parameter, property, field, event, type parameter or type.</param>
    /// <param name="owner">What holds the place: its nullable context counts where the place has no flags of its own.</param>
    public static Nullability Of(ICustomAttributeProvider place, MemberInfo? owner) => new(FlagsOn(place) ?? [ContextOf(owner)]);

    /// <summary>Takes the flag of the next reference type.</summary>
    public bool NextIsNullable() => _flags[_flags.Length == 1 ? 0 : _next++] == Annotated;

    /// <summary>Passes over a generic value type, which has a flag that says nothing.</summary>
    public void Skip() => _next++;

    private static byte[]? FlagsOn(ICustomAttributeProvider place) =>
        Argument(place, "System.Runtime.CompilerServices.NullableAttribute") switch
        {
            byte flag => [flag],
            IEnumerable<CustomAttributeTypedArgument> flags => [.. flags.Select(flag => (byte)flag.Value!)],
            _ => null,
        };

    private static byte ContextOf(MemberInfo? member)
    {
        for (; member is not null; member = member.DeclaringType)
        {
            if (Argument(member, "System.Runtime.CompilerServices.NullableContextAttribute") is byte context)
            {
                return context;
            }
        }

        return 0;
    }

    private static object? Argument(ICustomAttributeProvider place, string attribute)
    {
        var data = place switch
        {
            ParameterInfo parameter => parameter.GetCustomAttributesData(),
            MemberInfo member => member.GetCustomAttributesData(),
            _ => throw new ArgumentException($"Nothing is known of {place}.", nameof(place)),
        };
        return data.FirstOrDefault(found => found.AttributeType.FullName == attribute)?.ConstructorArguments[0].Value;
    }
}
