using System.Globalization;

namespace Fluxgate;

/// <summary>
/// Foreign number formats for the duration of a test. Created manually, since the build is culture-invariant and contains no real
/// cultures.
/// </summary>
internal sealed class ForeignCulture : IDisposable
{
    private readonly CultureInfo _own = CultureInfo.CurrentCulture;

    public ForeignCulture(string language)
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (culture.NumberFormat.NumberDecimalSeparator, culture.NumberFormat.NumberGroupSeparator, culture.NumberFormat.NegativeSign) =
            language switch
            {
                "de-DE" => (",", ".", "-"),
                "sv-SE" => (",", "\u00A0", "\u2212"),
                "ar-SA" => ("\u066B", "\u066C", "\u061C-"),
                _ => throw new ArgumentOutOfRangeException(nameof(language)),
            };
        culture.NumberFormat.PercentSymbol = "\u066A\u061C";
        CultureInfo.CurrentCulture = culture;
    }

    public static TheoryData<string> Languages => ["de-DE", "sv-SE", "ar-SA"];

    public void Dispose() => CultureInfo.CurrentCulture = _own;
}
