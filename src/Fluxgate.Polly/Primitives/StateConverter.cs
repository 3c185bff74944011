using System.ComponentModel;
using System.Globalization;

namespace Fluxgate;

/// <summary>Converts text to a state, written as in metrics (<c>half_open</c>) or as in code (<c>HalfOpen</c>).</summary>
internal sealed class StateConverter() : EnumConverter(typeof(BreakerState))
{
    public override object? ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value)
    {
        if (value is not string text)
        {
            return base.ConvertFrom(context, culture, value);
        }

        return StateText.TryRead(text, out var state, out var error)
            ? state
            : throw new FormatException($"'{OneLine.Excerpt(text)}' is not a state. {error}");
    }
}
