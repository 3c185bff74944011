using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Fluxgate;

/// <summary>Adds up the sizes of the objects that an object keeps alive, by their fields: the same on every machine of 64 bits, and beside other tests.</summary>
internal static class ObjectGraph
{
    private const int Reference = 8;
    private const int Header = 16;

    /// <summary>Returns the bytes of everything that an object reaches and another one does not.</summary>
    public static long BytesOf(object root, object sharedWith)
    {
        var shared = Reach(sharedWith);
        return Reach(root).Where(one => !shared.Contains(one)).Sum(Size);
    }

    private static HashSet<object> Reach(object root)
    {
        var reached = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var pending = new Stack<object>([root]);
        while (pending.TryPop(out var one))
        {
            if (one is Type or Pointer or Thread || !reached.Add(one))
            {
                continue;
            }

            foreach (var next in one is Array array ? array.Cast<object?>() : FieldsOf(one))
            {
                Push(next, pending);
            }
        }

        return reached;
    }

    private static void Push(object? value, Stack<object> pending)
    {
        if (value is null || value.GetType() is { IsPrimitive: true } or { IsEnum: true })
        {
            return;
        }

        if (!value.GetType().IsValueType)
        {
            pending.Push(value);
            return;
        }

        foreach (var field in FieldsOf(value))
        {
            Push(field, pending);
        }
    }

    private static IEnumerable<object?> FieldsOf(object one) =>
        one is string ? [] : Fields(one.GetType()).Where(field => !field.FieldType.IsPointer).Select(field => field.GetValue(one));

    private static IEnumerable<FieldInfo> Fields(Type type)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            foreach (
                var field in current.GetFields(
                    BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly
                )
            )
            {
                yield return field;
            }
        }
    }

    private static long Size(object one) =>
        one switch
        {
            string text => Aligned(Header + 4 + 2 + (2L * text.Length)),
            Array array => Aligned(Header + Reference + ((long)SizeIn(array.GetType().GetElementType()!) * array.Length)),
            _ => Math.Max(24, Aligned(Header + Fields(one.GetType()).Sum(field => (long)SizeIn(field.FieldType)))),
        };

    private static int SizeIn(Type type) =>
        type.IsValueType
            ? (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!
            : Marshal.SizeOf<IntPtr>();

    private static long Aligned(long size) => (size + 7) / 8 * 8;
}
