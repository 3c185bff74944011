using System.Text;

namespace Fluxgate;

/// <summary>The writer of the next version. Each message, and each field with fields of its own, begins with a field that version 1 does not know.</summary>
internal sealed class FieldWriter
{
    public const byte Version = 2;
    public const byte LeastVersion = 1;

    public static readonly byte[] Magic = "FX"u8.ToArray();

    private const int NewField = 100;
    private const string NewText = "written by version 2";

    private readonly List<byte> _bytes = [];

    public FieldWriter() => Add(NewField, NewText);

    public FieldWriter(MessageKind kind)
    {
        _bytes.AddRange([.. Magic, (byte)kind, Version, LeastVersion]);
        Add(NewField, NewText);
    }

    public int Length => _bytes.Count;

    public byte[] ToArray() => [.. _bytes];

    public void Add(int field, long value)
    {
        if (value > 0)
        {
            Add(field, Bits(value).AsSpan());
        }
    }

    public void Add(int field, string? text)
    {
        if (text?.Length > 0)
        {
            Add(field, Encoding.UTF8.GetBytes(text).AsSpan());
        }
    }

    public void Add(int field, ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(Bits(field));
        _bytes.AddRange(Bits(bytes.Length));
        _bytes.AddRange(bytes);
    }

    public void Add(int field, FieldWriter fields) => Add(field, fields.ToArray().AsSpan());

    public void Truncate(int length) => _bytes.RemoveRange(length, _bytes.Count - length);

    private static byte[] Bits(long value) => value < 0x80 ? [(byte)value] : [(byte)(value | 0x80), .. Bits(value >> 7)];
}
