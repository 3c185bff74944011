using System.Globalization;

namespace QuickStart;

/// <summary>Numbers and names as people read them.</summary>
internal static class Words
{
    public static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) + " s";

    public static string Percent(double? ratio) =>
        ratio is { } value ? (value * 100).ToString("0", CultureInfo.InvariantCulture) + "%" : "-";

    public static string Of(Mood mood) =>
        mood switch
        {
            Mood.Healthy => "healthy",
            Mood.Slow => "slow",
            Mood.Failing => "failing",
            _ => "hanging",
        };
}
