using System.Text;

namespace Fluxgate;

/// <summary>
/// Writes a message: a header, then fields. A field is its number, its length and its bytes; numbers and lengths have 7 bits a byte, the lowest first. Fields with the
/// value zero and empty texts are omitted. A reader skips the fields that it does not know.
/// </summary>
internal sealed class FieldWriter
{
    /// <summary>The version of the format that this code writes.</summary>
    public const byte Version = 1;

    /// <summary>The least version that a reader must know to understand what this code writes.</summary>
    public const byte LeastVersion = 1;

    public static readonly byte[] Magic = [(byte)'F', (byte)'X'];

    private byte[] _bytes;
    private int _length;

    /// <summary>Creates a writer of the fields inside of a field.</summary>
    public FieldWriter() => _bytes = new byte[128];

    /// <summary>Creates a writer of a message.</summary>
    public FieldWriter(MessageKind kind)
        : this()
    {
        Append(Magic);
        Append([(byte)kind, Version, LeastVersion]);
    }

    public int Length => _length;

    public byte[] ToArray() => _bytes[.._length];

    public void Add(int field, long value)
    {
        if (value > 0)
        {
            AppendNumber(field);
            AppendNumber(LengthOf(value));
            AppendNumber(value);
        }
    }

    public void Add(int field, string? text)
    {
        if (text?.Length > 0)
        {
            Add(field, Encoding.UTF8.GetBytes(text));
        }
    }

    public void Add(int field, ReadOnlySpan<byte> bytes)
    {
        AppendNumber(field);
        AppendNumber(bytes.Length);
        Append(bytes);
    }

    public void Add(int field, FieldWriter fields) => Add(field, fields._bytes.AsSpan(0, fields._length));

    /// <summary>Drops what was written after a length.</summary>
    public void Truncate(int length) => _length = length;

    private static int LengthOf(long value)
    {
        var length = 1;
        for (; value > 0x7f; value >>= 7)
        {
            length++;
        }

        return length;
    }

    private void AppendNumber(long value)
    {
        for (; value > 0x7f; value >>= 7)
        {
            Append([(byte)(value | 0x80)]);
        }

        Append([(byte)value]);
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (_bytes.Length - _length < bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + bytes.Length));
        }

        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }
}
