using System.Globalization;

namespace Fluxgate;

/// <summary>
/// Number formats that are not ours, for the length of a test. Made by hand, since the build is culture-invariant and knows no real
/// ones.
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
