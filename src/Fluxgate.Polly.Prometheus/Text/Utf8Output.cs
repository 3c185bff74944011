using System.Buffers;
using System.Globalization;
using System.Text;

namespace Fluxgate;

/// <summary>Writes text to a buffer writer in large spans.</summary>
internal ref struct Utf8Output(IBufferWriter<byte> output)
{
    /// <summary>The minimum length of a span that is requested from the writer.</summary>
    public const int MinSpan = 4096;

    private const int MaxNumberLength = 32;

    /// <summary>The value from which .NET formats a double with an exponent.</summary>
    private const double MinWithExponent = 1e15;

    /// <summary>The value below which .NET formats a double with an exponent.</summary>
    private const double MinWithoutExponent = 1e-4;

    private static readonly SearchValues<byte> ToEscape = SearchValues.Create("\\\"\n"u8);

    private Span<byte> _free = output.GetSpan(MinSpan);
    private int _written;

    public void Append(ReadOnlySpan<byte> utf8)
    {
        utf8.CopyTo(Room(utf8.Length));
        _written += utf8.Length;
    }

    public void Append(string text)
    {
        var room = Room(Encoding.UTF8.GetMaxByteCount(text.Length));
        _written += Encoding.UTF8.GetBytes(text, room);
    }

    /// <summary>Appends a label value and escapes it. Lone surrogates, which UTF-8 cannot encode, are replaced.</summary>
    public void AppendEscaped(string value)
    {
        var room = Room(2 * Encoding.UTF8.GetMaxByteCount(value.Length));
        var length = Encoding.UTF8.GetBytes(value, room);
        _written += Escape(room, length, quotes: true);
    }

    /// <summary>Appends a help text. OpenMetrics escapes quotes; the text format does not.</summary>
    public void AppendHelp(string help, bool escapeQuotes)
    {
        var room = Room(2 * Encoding.UTF8.GetMaxByteCount(help.Length));
        var length = Encoding.UTF8.GetBytes(help, room);
        _written += Escape(room, length, escapeQuotes);
    }

    public void Append(double value) => _written += Format(value, Room(MaxNumberLength));

    /// <summary>Appends a label after a separator, which is a brace or a comma.</summary>
    public void AppendLabel(ReadOnlySpan<byte> separator, string name, string value)
    {
        Append(separator);
        Append(name);
        Append("=\""u8);
        AppendEscaped(value);
        Append("\""u8);
    }

    /// <summary>Appends a line of three encoded parts and a number.</summary>
    public void AppendLine(ReadOnlySpan<byte> name, ReadOnlySpan<byte> labels, ReadOnlySpan<byte> lastLabels, double value)
    {
        var line = Room(name.Length + labels.Length + lastLabels.Length + MaxNumberLength + 1);
        var rest = After(name, line);
        rest = After(labels, rest);
        rest = After(lastLabels, rest);
        rest = rest[Format(value, rest)..];
        rest[0] = (byte)'\n';
        _written += line.Length - rest.Length + 1;
    }

    public void Flush()
    {
        output.Advance(_written);
        _free = default;
        _written = 0;
    }

    private static Span<byte> After(ReadOnlySpan<byte> part, Span<byte> room)
    {
        part.CopyTo(room);
        return room[part.Length..];
    }

    private static int Format(double value, Span<byte> room)
    {
        if (value is >= 0 and < MinWithExponent && (long)value is var whole && whole == value && !double.IsNegative(value))
        {
            // Most numbers are counts, and integers are formatted several times as fast.
            return Format(whole, room);
        }

        if (double.IsInfinity(value))
        {
            var infinity = value > 0 ? "+Inf"u8 : "-Inf"u8;
            infinity.CopyTo(room);
            return infinity.Length;
        }

        if (FormatDecimal(value, room) is > 0 and var written)
        {
            return written;
        }

        value.TryFormat(room, out var length, default, CultureInfo.InvariantCulture);
        return length;
    }

    private static int Format(long value, Span<byte> room)
    {
        if (value < 10)
        {
            room[0] = (byte)('0' + value);
            return 1;
        }

        value.TryFormat(room, out var length, default, CultureInfo.InvariantCulture);
        return length;
    }

    /// <summary>
    /// Formats a multiple of 100 ns (durations) or of 1 ms (times). This is ten times as fast as .NET's shortest round-trip format, with the
    /// same result: at most one decimal with 15 digits or fewer is equal to a given double.
    /// </summary>
    /// <returns>The number of bytes written, or 0 if the value is not such a multiple.</returns>
    private static int FormatDecimal(double value, Span<byte> room)
    {
        var (unit, digits) = value < MinWithExponent / TimeSpan.TicksPerSecond ? (TimeSpan.TicksPerSecond, 7) : (1_000, 3);
        if (!(value is >= MinWithoutExponent and < MinWithExponent / 1e3))
        {
            return 0;
        }

        var units = (long)Math.Round(value * unit);
        if ((double)units / unit != value)
        {
            return 0;
        }

        while (units % 10 == 0)
        {
            (units, unit, digits) = (units / 10, unit / 10, digits - 1);
        }

        var (whole, part) = Math.DivRem(units, unit);
        var length = Format(whole, room);
        room[length] = (byte)'.';
        for (var at = length + digits; at > length; at--)
        {
            (part, var digit) = Math.DivRem(part, 10);
            room[at] = (byte)('0' + digit);
        }

        return length + 1 + digits;
    }

    private static int Escape(Span<byte> text, int length, bool quotes)
    {
        var written = text[..length];
        if (written.IndexOfAny(ToEscape) < 0)
        {
            return length;
        }

        var more = written.Count((byte)'\\') + written.Count((byte)'\n') + (quotes ? written.Count((byte)'"') : 0);
        for (var (from, to) = (length - 1, length + more - 1); from >= 0; from--)
        {
            var letter = text[from];
            var escaped = letter is (byte)'\\' or (byte)'\n' || (letter == (byte)'"' && quotes);
            text[to--] = letter == (byte)'\n' ? (byte)'n' : letter;
            if (escaped)
            {
                text[to--] = (byte)'\\';
            }
        }

        return length + more;
    }

    private Span<byte> Room(int length)
    {
        if (_free.Length - _written < length)
        {
            Flush();
            _free = output.GetSpan(Math.Max(length, MinSpan));
        }

        return _free[_written..];
    }
}
