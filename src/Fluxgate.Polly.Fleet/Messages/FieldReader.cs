using System.Buffers;
using System.Text.Unicode;

namespace Fluxgate;

/// <summary>Reads the fields of a message. Never throws: what it cannot read is in <see cref="Error"/>, and it returns no field from then on.</summary>
internal ref struct FieldReader
{
    private readonly ReadOnlySpan<byte> _bytes;
    private ReadOnlySpan<byte> _rest;
    private ReadOnlySpan<byte> _value;

    private FieldReader(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes;
        _rest = bytes;
    }

    /// <summary>Gets the number of the current field.</summary>
    public int Field { get; private set; }

    /// <summary>Gets what is wrong with the message; <see langword="null"/> as long as it could be read.</summary>
    public string? Error { get; private set; }

    /// <summary>Gets all fields of this reader as they were written.</summary>
    public readonly ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Opens a message.</summary>
    /// <param name="bytes">The message, which may contain anything.</param>
    /// <param name="kind">The kind that the message must have.</param>
    /// <param name="most">The most bytes that it may have.</param>
    public static FieldReader Open(ReadOnlySpan<byte> bytes, MessageKind kind, int most)
    {
        var header = FieldWriter.Magic.Length + 3;
        var error =
            bytes.Length > most ? $"It has {RuleText.Number(bytes.Length)} bytes, more than {RuleText.Number(most)}."
            : bytes.Length < header || !bytes.StartsWith(FieldWriter.Magic) ? "It is not a message of a fleet."
            : bytes[header - 3] != (byte)kind ? $"It is a message of the kind {RuleText.Number(bytes[header - 3])}, not {kind}."
            : bytes[header - 1] > FieldWriter.Version
                ? $"Its version {RuleText.Number(bytes[header - 2])} needs a reader of version {RuleText.Number(bytes[header - 1])}; this one has version {RuleText.Number(FieldWriter.Version)}."
            : null;
        return error is null ? new(bytes[header..]) : new(default) { Error = error };
    }

    /// <summary>Moves to the next field.</summary>
    public bool Read()
    {
        if (Error is not null || _rest.IsEmpty)
        {
            return false;
        }

        if (!TryNumber(ref _rest, out var field) || field > int.MaxValue || !TryNumber(ref _rest, out var length) || length > _rest.Length)
        {
            Fail("A field ends behind the message.");
            return false;
        }

        Field = (int)field;
        _value = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return true;
    }

    /// <summary>Returns the number in the current field, at least 0 and at most <paramref name="most"/>.</summary>
    public long Number(long most = FleetLimits.MaxRevision)
    {
        var value = _value;
        if (TryNumber(ref value, out var number) && value.IsEmpty && number <= most)
        {
            return number;
        }

        Fail($"Field {RuleText.Number(Field)} must be a number of at most {RuleText.Number(most)}.");
        return 0;
    }

    /// <summary>Returns the text in the current field.</summary>
    /// <param name="most">The most characters that it may have.</param>
    public string Text(int most)
    {
        Span<char> text = stackalloc char[Math.Min(_value.Length, most + 1)];
        if (Utf8.ToUtf16(_value, text, out _, out var length, replaceInvalidSequences: false) == OperationStatus.Done && length <= most)
        {
            return new(text[..length]);
        }

        Fail($"Field {RuleText.Number(Field)} must be a text of at most {RuleText.Number(most)} characters.");
        return "";
    }

    /// <summary>Returns a reader of the fields in the current field.</summary>
    public readonly FieldReader Fields() => new(_value);

    /// <summary>Records that the message cannot be read, unless there is an error already.</summary>
    public void Fail(string? error) => Error ??= error;

    private static bool TryNumber(ref ReadOnlySpan<byte> bytes, out long number)
    {
        number = 0;
        for (var i = 0; i < bytes.Length && i < 9; i++)
        {
            number |= (long)(bytes[i] & 0x7f) << (7 * i);
            if (bytes[i] < 0x80)
            {
                bytes = bytes[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}
