using System.ComponentModel;
using System.Globalization;

namespace Fluxgate;

/// <summary>Converts text to a part, for the .NET configuration binder and other users of a <see cref="TypeConverter"/>.</summary>
internal sealed class TextConverter<TPart> : TypeConverter
    where TPart : class, IFromText<TPart>
{
    public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) =>
        sourceType == typeof(string) || base.CanConvertFrom(context, sourceType);

    public override object? ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) =>
        value is string text ? TPart.Parse(text) : base.ConvertFrom(context, culture, value);
}

/// <summary>A kind of part that text can describe.</summary>
internal interface IFromText<TPart>
{
    /// <summary>Parses the text, or throws a <see cref="FormatException"/>.</summary>
    static abstract TPart Parse(string text);
}
