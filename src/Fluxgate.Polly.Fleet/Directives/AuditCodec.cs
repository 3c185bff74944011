namespace Fluxgate;

/// <summary>Writes and reads audit entries. The field numbers are part of the format: never reuse one.</summary>
internal static class AuditCodec
{
    private const int At = 1;
    private const int By = 2;
    private const int Text = 3;
    private const int Directive = 4;

    private const int MostText = 512;

    /// <summary>Writes an entry. That of a directive has who and why in the directive.</summary>
    public static byte[] Write(FleetAuditEntry entry)
    {
        var writer = new FieldWriter(MessageKind.Audit);
        writer.Add(At, entry.At.ToUnixTimeMilliseconds());
        if (entry.Directive is { } directive)
        {
            DirectivesCodec.Add(writer, Directive, directive);
        }
        else
        {
            writer.Add(By, entry.By);
            writer.Add(Text, MessageLimits.Fit(entry.Text, MostText));
        }

        return writer.ToArray();
    }

    /// <summary>Reads an entry.</summary>
    /// <returns><see langword="null"/> if it was read; otherwise, what is wrong with it.</returns>
    public static string? Read(ReadOnlySpan<byte> bytes, out FleetAuditEntry entry)
    {
        var reader = FieldReader.Open(bytes, MessageKind.Audit, FleetLimits.MaxAuditBytes);
        entry = new(default, "", "", null);
        while (reader.Read())
        {
            entry = reader.Field switch
            {
                At => entry with
                {
                    At = DateTimeOffset.FromUnixTimeMilliseconds(reader.Number(DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())),
                },
                By => entry with { By = reader.Text(MessageLimits.Name) },
                Text => entry with { Text = OneLine.Of(reader.Text(MostText)) },
                Directive => entry with { Directive = DirectivesCodec.Read(ref reader) },
                _ => entry,
            };
        }

        if (entry.Directive is { } directive)
        {
            entry = entry with { By = directive.By, Text = directive.ToString() };
        }

        return reader.Error;
    }
}
