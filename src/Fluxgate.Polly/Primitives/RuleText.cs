using System.Globalization;

namespace Fluxgate;

/// <summary>Formats ratios, numbers and durations for rules, reasons and messages. Culture-independent.</summary>
internal static class RuleText
{
    private static readonly (long Ticks, string Unit)[] Units =
    [
        (TimeSpan.TicksPerDay, "d"),
        (TimeSpan.TicksPerHour, "h"),
        (TimeSpan.TicksPerMinute, "m"),
        (TimeSpan.TicksPerSecond, "s"),
    ];

    /// <summary>Formats a ratio exactly, for rules: <c>50%</c>, or a plain number if a percentage would not be exact.</summary>
    public static string Ratio(double ratio)
    {
        var exact = (decimal)ratio;
        return (double)exact == ratio
            ? (exact * 100m).ToString("0.############################", CultureInfo.InvariantCulture) + "%"
            : ratio.ToString("R", CultureInfo.InvariantCulture);
    }

    /// <summary>Formats a measured ratio for display, with at most one decimal.</summary>
    public static string Percent(double ratio) => (ratio * 100).ToString("0.#", CultureInfo.InvariantCulture) + "%";

    public static string Number(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    public static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Formats a duration exactly, in the largest unit that divides it, from <c>1d</c> down to fractions of <c>ms</c>.</summary>
    public static string Duration(TimeSpan duration)
    {
        foreach (var (ticks, unit) in Units)
        {
            if (duration.Ticks != 0 && duration.Ticks % ticks == 0)
            {
                return Number(duration.Ticks / ticks) + unit;
            }
        }

        return ((decimal)duration.Ticks / TimeSpan.TicksPerMillisecond).ToString("0.####", CultureInfo.InvariantCulture) + "ms";
    }

    /// <summary>Formats a measured duration for display: seconds with at most two decimals, or milliseconds with at most three.</summary>
    public static string Measured(TimeSpan duration) =>
        duration.TotalSeconds >= 1
            ? duration.TotalSeconds.ToString("0.##", CultureInfo.InvariantCulture) + "s"
            : duration.TotalMilliseconds.ToString("0.###", CultureInfo.InvariantCulture) + "ms";
}
