namespace Fluxgate;

/// <summary>Writes and reads directives. The field numbers are part of the format: never reuse one.</summary>
internal static class DirectivesCodec
{
    private const int Directive = 1;

    private const int Revision = 1;
    private const int Action = 2;
    private const int Circuits = 3;
    private const int Zone = 4;
    private const int Percentage = 5;
    private const int Reason = 6;
    private const int By = 7;
    private const int IssuedAt = 8;
    private const int ExpiresAt = 9;

    private const long PercentageUnit = 1_000;

    /// <summary>The last time that a directive may have: a later one must always be possible.</summary>
    private static readonly DateTimeOffset LastTime = new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes all directives, unless they are more than a store and all readers accept.</summary>
    public static bool TryWrite(DirectiveSet directives, out byte[] content)
    {
        content = Write(directives);
        return directives.All.Length <= MessageLimits.Directives && content.Length <= FleetLimits.MaxDirectivesBytes;
    }

    /// <summary>Writes all directives. The result may be larger than a store accepts.</summary>
    public static byte[] Write(DirectiveSet directives)
    {
        var writer = new FieldWriter(MessageKind.Directives);
        foreach (var directive in directives.All)
        {
            Add(writer, Directive, directive);
        }

        return writer.ToArray();
    }

    /// <summary>Reads directives. No bytes at all are no directives.</summary>
    /// <returns><see langword="null"/> if they were read; otherwise, what is wrong with them.</returns>
    public static string? Read(ReadOnlySpan<byte> bytes, out DirectiveSet directives)
    {
        directives = DirectiveSet.Empty;
        if (bytes.IsEmpty)
        {
            return null;
        }

        List<FleetDirective> all = [];
        var reader = FieldReader.Open(bytes, MessageKind.Directives, FleetLimits.MaxDirectivesBytes);
        while (reader.Read())
        {
            if (reader.Field == Directive)
            {
                all.Add(Read(ref reader));
                if (all.Count > MessageLimits.Directives)
                {
                    reader.Fail($"It has more than {RuleText.Number(MessageLimits.Directives)} directives.");
                }
            }
        }

        if (reader.Error is null)
        {
            directives = DirectiveSet.Of(all);
        }

        return reader.Error;
    }

    /// <summary>Writes a directive into a field. One that was read keeps the fields that this version does not know.</summary>
    public static void Add(FieldWriter writer, int field, FleetDirective directive)
    {
        if (!directive.Raw.IsEmpty)
        {
            writer.Add(field, directive.Raw.Span);
            return;
        }

        var fields = new FieldWriter();
        fields.Add(Revision, directive.Revision);
        fields.Add(Action, (long)directive.Action);
        fields.Add(Circuits, directive.Circuits);
        fields.Add(Zone, directive.Zone);
        fields.Add(Percentage, directive.Percentage >= 100 ? 0 : (long)Math.Round(directive.Percentage * PercentageUnit));
        fields.Add(Reason, directive.Reason);
        fields.Add(By, directive.By);
        fields.Add(IssuedAt, directive.IssuedAt.ToUnixTimeMilliseconds());
        fields.Add(ExpiresAt, directive.ExpiresAt?.ToUnixTimeMilliseconds() ?? 0);
        writer.Add(field, fields);
    }

    /// <summary>Reads a directive from the current field of a message.</summary>
    public static FleetDirective Read(ref FieldReader message)
    {
        var reader = message.Fields();
        FleetDirective directive = new()
        {
            Revision = 0,
            Action = default,
            Circuits = "",
            Reason = "",
            By = "",
            IssuedAt = default,
            Raw = reader.Bytes.ToArray(),
        };
        while (reader.Read())
        {
            directive = reader.Field switch
            {
                Revision => directive with { Revision = reader.Number() },
                Action => directive with { Action = (FleetAction)reader.Number(byte.MaxValue) },
                Circuits => directive with { Circuits = reader.Text(MessageLimits.Name) },
                Zone => directive with { Zone = reader.Text(MessageLimits.Name) },
                Percentage => directive with { Percentage = (double)reader.Number(100 * PercentageUnit) / PercentageUnit },
                Reason => directive with { Reason = reader.Text(MessageLimits.Reason) },
                By => directive with { By = reader.Text(MessageLimits.Name) },
                IssuedAt => directive with { IssuedAt = Time(ref reader) },
                ExpiresAt => directive with { ExpiresAt = Time(ref reader) },
                _ => directive,
            };
        }

        message.Fail(
            reader.Error
                ?? (
                    directive.Revision == 0 || directive.Action == default || directive.Circuits.Length == 0
                        ? "A directive has no revision, no action or no circuits."
                        : null
                )
        );
        return directive;
    }

    private static DateTimeOffset Time(ref FieldReader reader) =>
        DateTimeOffset.FromUnixTimeMilliseconds(reader.Number(LastTime.ToUnixTimeMilliseconds()));
}
