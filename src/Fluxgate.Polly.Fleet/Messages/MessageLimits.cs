namespace Fluxgate;

/// <summary>The limits inside of messages, beside their size.</summary>
internal static class MessageLimits
{
    public const int Circuits = 500;

    public const int Rules = 500;

    public const int SlowThresholds = FluxgateDefaults.MaxSlowTotals;

    public const int Zones = 64;

    public const int Directives = 200;

    /// <summary>The most characters of the name of a circuit, a zone or a member.</summary>
    public const int Name = FleetLimits.MaxNameLength;

    /// <summary>The most characters of a reason.</summary>
    public const int Reason = 256;

    /// <summary>The most characters of the text of a rule. A longer one is shortened.</summary>
    public const int Rule = 512;

    /// <summary>The most calls that a number of a message may have, so that the sum of all members stays a number.</summary>
    public const long Calls = 1L << 40;

    /// <summary>Returns the beginning of a text that fits into a message, without half a surrogate pair, on one line.</summary>
    public static string Fit(string text, int most) => Shorten(OneLine.Of(text), most);

    /// <summary>Returns the beginning of a text that fits into a message, without half a surrogate pair. The keys of a group have any length.</summary>
    public static string Shorten(string text, int most)
    {
        if (text.Length <= most)
        {
            return text;
        }

        var length = char.IsHighSurrogate(text[most - 2]) ? most - 2 : most - 1;
        return $"{text[..length]}…";
    }
}
