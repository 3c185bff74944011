using System.ComponentModel;

namespace Fluxgate;

/// <summary>The type converters of parts.</summary>
internal static class Converters
{
    public static void ReadText()
    {
        // The attribute keeps its converter; generic code that asks TypeDescriptor for it warns by itself where it is not safe.
        var attribute = (TypeConverterAttribute)Attribute.GetCustomAttribute(typeof(Tripper), typeof(TypeConverterAttribute))!;
        var converter = (TypeConverter)Activator.CreateInstance(Type.GetType(attribute.ConverterTypeName)!)!;
        Check.Equal("FailureStreak(3)", converter.ConvertFromInvariantString("FailureStreak(3)")!.ToString(), "a rule by its converter");
    }
}
