namespace Fluxgate;

/// <summary>Selects the format and the content coding of a response from the headers of its request (RFC 9110, 12.5).</summary>
/// <remarks>
/// A client always receives a page. If no format is acceptable, or the headers are missing or invalid, it is uncompressed text, which every
/// client can read.
/// </remarks>
internal static class Negotiation
{
    private const int Any = 1;
    private const int AnySubtype = 2;
    private const int Named = 3;
    private const int NamedWithVersion = 4;

    /// <summary>Returns the format with the greater weight. If the weights are equal, OpenMetrics must be named: a wildcard does not select it.</summary>
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

    /// <summary>Returns whether gzip is accepted, by name or by <c>*</c>, and an uncompressed response is not preferred.</summary>
    public static bool AcceptsGzip(string? acceptEncoding)
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

    /// <summary>The precision and the weight of the most precise media range that matches a format.</summary>
    private readonly record struct Match(int Precision, double Weight)
    {
        public Match Or(in Preference range, string type, string subtype, string version)
        {
            var precision = PrecisionOf(range, type, subtype, version);
            return precision > Precision || (precision == Precision && precision > 0 && range.Weight > Weight)
                ? new(precision, range.Weight)
                : this;
        }

        /// <summary>Returns how precisely a range matches a format, or 0 if it does not match. Metric names need no escaping, so any <c>escaping</c> matches.</summary>
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
