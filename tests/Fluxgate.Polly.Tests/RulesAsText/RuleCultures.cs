using System.Globalization;

namespace Fluxgate;

public sealed class RuleCultures
{
    private const string Rule = "MinRequests(1000) & FailureRate(12.5%) | SLOWRATE(0.3, 1.5s) | failurestreak(1)";
    private const string Written = "MinRequests(1000) & FailureRate(12.5%) | SlowRate(30%, 1500ms) | FailureStreak(1)";

    [Theory]
    [InlineData("de-DE", ",", ".", "-")]
    [InlineData("ar-SA", "\u066b", "\u066c", "\u061c-")]
    [InlineData("tr-TR", ",", ".", "-")]
    [InlineData("sv-SE", ",", "\u00a0", "\u2212")]
    public void Parsing_and_formatting_do_not_depend_on_the_culture(string name, string point, string group, string minus)
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = Culture(name, point, group, minus);
        try
        {
            Assert.Equal($"1{point}5", $"{1.5}");
            Assert.Equal(Written, Tripper.Parse(Rule).ToString());
            Assert.Equal(
                "Backoff(1500ms, x1.5, max 1h, jitter 2.5%)",
                BreakDuration.Parse("BACKOFF(1.5S, X1.5, MAX 1H, JITTER 2.5%)").ToString()
            );
            Assert.Equal("RampUp(0.5% -> 1%, 1d)", Permit.Parse("rampup(0.005 -> 1%, 24h)").ToString());
            Assert.Equal(
                "Column 13: ratio must be greater than 0 and at most 1 (1 is 100%), but is 1.5.",
                Assert.Throws<FormatException>(() => Tripper.Parse("FailureRate(1.5)")).Message
            );
            Assert.Equal(
                $"Column 14: expected ')', but found '{point}'.",
                Assert.Throws<FormatException>(() => Tripper.Parse($"FailureRate(0{point}5)")).Message
            );
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    // Created manually, since the tests run in invariant globalization mode.
    private static CultureInfo Culture(string name, string point, string group, string minus)
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        var numbers = culture.NumberFormat;
        (numbers.NumberDecimalSeparator, numbers.NumberGroupSeparator, numbers.NegativeSign) = (point, group, minus);
        (numbers.PercentDecimalSeparator, numbers.PercentSymbol, numbers.NaNSymbol) = (point, "\u066a", name);
        return culture;
    }
}
