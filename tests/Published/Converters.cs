using System.ComponentModel;

namespace Fluxgate;

/// <summary>The type converters of parts.</summary>
internal static class Converters
{
    public static void ReadText()
    {
        // The attribute references the converter; generic code that uses TypeDescriptor warns itself if that is not safe.
        var attribute = (TypeConverterAttribute)Attribute.GetCustomAttribute(typeof(Tripper), typeof(TypeConverterAttribute))!;
        var converter = (TypeConverter)Activator.CreateInstance(Type.GetType(attribute.ConverterTypeName)!)!;
        Check.Equal("FailureStreak(3)", converter.ConvertFromInvariantString("FailureStreak(3)")!.ToString(), "a rule by its converter");
    }
}
