namespace Fluxgate;

/// <summary>What a client gets, by what it says that it accepts (RFC 9110, 12.5).</summary>
/// <remarks>
/// A client gets a page whatever it says: where nothing that can be had is acceptable, text without a coding. So does one that says nothing,
/// or nonsense: everything reads it, and a person can.
/// </remarks>
internal static class Negotiation
{
    private const int Any = 1;
    private const int AnySubtype = 2;
    private const int Named = 3;
    private const int NamedWithVersion = 4;

    /// <summary>The format of greater weight; of equal ones OpenMetrics only where the client names it, since a wildcard is no wish.</summary>
    public static PageFormat FormatFor(string? accept)
    {
        var (text, openMetrics) = (default(Match), default(Match));
        foreach (var range in Preference.Read(accept))
        {
            text = text.Or(range, "text", "plain", "0.0.4");
            openMetrics = openMetrics.Or(range, "application", "openmetrics-text", "1.0.0");
        }

        var isPreferred =
            openMetrics.Weight > text.Weight
            || (openMetrics.Weight > 0 && openMetrics.Weight >= text.Weight && openMetrics.Precision >= Named);
        return isPreferred ? PageFormat.OpenMetrics : PageFormat.Text;
    }

    /// <summary>Whether the page is compressed: where gzip is accepted, by name or by <c>*</c>, and no coding at all is not preferred.</summary>
    public static bool IsGzipWanted(string? acceptEncoding)
    {
        double? gzip = null;
        double? identity = null;
        double? any = null;
        foreach (var coding in Preference.Read(acceptEncoding))
        {
            if (Is(coding.Value, "gzip") || Is(coding.Value, "x-gzip"))
            {
                gzip = Math.Max(gzip ?? 0, coding.Weight);
            }
            else if (Is(coding.Value, "identity"))
            {
                identity = coding.Weight;
            }
            else if (coding.Value is "*")
            {
                any = coding.Weight;
            }
        }

        var weight = gzip ?? any ?? 0;
        return weight > 0 && weight >= (identity ?? any ?? 0);
    }

    private static bool Is(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    /// <summary>What the most precise range that matches says of a format.</summary>
    private readonly record struct Match(int Precision, double Weight)
    {
        public Match Or(in Preference range, string type, string subtype, string version)
        {
            var precision = PrecisionOf(range, type, subtype, version);
            return precision > Precision || (precision == Precision && precision > 0 && range.Weight > Weight)
                ? new(precision, range.Weight)
                : this;
        }

        /// <summary>How precisely a range names a format; 0 where it does not. Names of metrics are plain, so any <c>escaping</c> is kept.</summary>
        private static int PrecisionOf(in Preference range, string type, string subtype, string version)
        {
            var slash = range.Value.IndexOf('/', StringComparison.Ordinal);
            if (slash < 0 || (range.Parameters.TryGetValue("charset", out var charset) && !Is(charset, "utf-8")))
            {
                return 0;
            }

            var (itsType, itsSubtype) = (range.Value[..slash], range.Value[(slash + 1)..]);
            if (itsSubtype is "*")
            {
                return itsType is "*" ? Any
                    : Is(itsType, type) ? AnySubtype
                    : 0;
            }

            if (!Is(itsType, type) || !Is(itsSubtype, subtype))
            {
                return 0;
            }

            return !range.Parameters.TryGetValue("version", out var itsVersion) ? Named
                : Is(itsVersion, version) ? NamedWithVersion
                : 0;
        }
    }
}
