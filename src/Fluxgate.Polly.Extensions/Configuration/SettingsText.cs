using System.Globalization;

namespace Fluxgate;

/// <summary>The settings that are no parts, as people write them.</summary>
internal static class SettingsText
{
    /// <summary>A duration as in the rules (<c>30s</c>), or as .NET writes it (<c>00:00:30</c>).</summary>
    public static bool TryDuration(string text, out TimeSpan duration, out string? error)
    {
        if (!text.Contains(':', StringComparison.Ordinal) || !TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out duration))
        {
            try
            {
                var reader = new RuleReader(text);
                duration = reader.Duration();
                reader.End("the end");
            }
            catch (FormatException problem)
            {
                (duration, error) = (default, problem.Message);
                return false;
            }
        }

        error = duration > TimeSpan.Zero ? null : "Expected a duration greater than zero, such as 250ms, 1s or 2m.";
        return error is null;
    }

    /// <summary>A value as it could be read again.</summary>
    public static string Of<T>(T value)
        where T : struct =>
        value switch
        {
            TimeSpan duration => RuleText.Duration(duration),
            BreakerState state when Enum.IsDefined(state) => state.ToLabel(),
            bool on => on ? "true" : "false",
            _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
        };

    public static bool TrySwitch(string text, out bool on, out string? error)
    {
        error = bool.TryParse(text, out on) ? null : "Expected true or false.";
        return error is null;
    }

    public static bool TryCount(string text, out int count, out string? error)
    {
        var read = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count > 0;
        error = read ? null : $"Expected a whole number from 1 to {RuleText.Number(int.MaxValue)}.";
        return read;
    }
}
