using System.Globalization;

namespace QuickStart;

/// <summary>Formats numbers and names for display.</summary>
internal static class Display
{
    public static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) + " s";

    public static string Percent(double? ratio) =>
        ratio is { } value ? (value * 100).ToString("0", CultureInfo.InvariantCulture) + "%" : "-";

    public static string Of(Behavior behavior) =>
        behavior switch
        {
            Behavior.Healthy => "healthy",
            Behavior.Slow => "slow",
            Behavior.Failing => "failing",
            _ => "hanging",
        };
}
