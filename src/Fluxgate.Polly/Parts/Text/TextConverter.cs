using System.ComponentModel;
using System.Globalization;

namespace Fluxgate;

/// <summary>Converts text to a part, for the .NET configuration binder and other users of a <see cref="TypeConverter"/>.</summary>
/// <param name="parse">Parses the text, or throws a <see cref="FormatException"/>.</param>
internal abstract class TextConverter<T>(Func<string, T> parse) : TypeConverter
    where T : class
{
    public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) =>
        sourceType == typeof(string) || base.CanConvertFrom(context, sourceType);

    public override object? ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) =>
        value is string text ? parse(text) : base.ConvertFrom(context, culture, value);
}
