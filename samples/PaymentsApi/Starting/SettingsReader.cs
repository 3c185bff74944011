using System.Globalization;

namespace PaymentsApi;

/// <summary>Reads values by hand, so that nothing of it is trimmed away and every mistake is told with its key.</summary>
internal sealed class SettingsReader(IConfiguration configuration)
{
    private readonly List<string> _problems = [];

    public IReadOnlyList<string> Problems => _problems;

    /// <summary>What an argument's exception says, without the name of a parameter, which is no setting's.</summary>
    public static string Sentence(ArgumentException error) =>
        error.ParamName is { } name ? error.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal) : error.Message;

    public void Refuse(string problem) => _problems.Add(problem);

    /// <summary>A text; nothing and an empty one are the same.</summary>
    public string? Text(string key) => configuration[key] is { Length: > 0 } text ? text : null;

    public bool Switch(string key)
    {
        if (Text(key) is not { } text)
        {
            return false;
        }

        if (!bool.TryParse(text, out var value))
        {
            Refuse($"{key} must be true or false, but is '{text}'.");
        }

        return value;
    }

    public decimal Decimal(string key, decimal unlessSet, decimal least, decimal most)
    {
        if (Text(key) is not { } text)
        {
            return unlessSet;
        }

        if (
            decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && value >= least
            && value <= most
        )
        {
            return value;
        }

        Refuse(string.Create(CultureInfo.InvariantCulture, $"{key} must be a number from {least} to {most}, but is '{text}'."));
        return unlessSet;
    }

    public TimeSpan Time(string key, TimeSpan unlessSet, TimeSpan least, TimeSpan most)
    {
        if (Text(key) is not { } text)
        {
            return unlessSet;
        }

        if (TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
        {
            return value;
        }

        Refuse($"{key} must be a time from {least} to {most}, written as hh:mm:ss, but is '{text}'.");
        return unlessSet;
    }

    public void CheckAddresses(string key)
    {
        foreach (var address in (Text(key) ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            // Kestrel's own notation has + and * for every address of the machine.
            var readable = address
                .Replace("://+", "://0.0.0.0", StringComparison.Ordinal)
                .Replace("://*", "://0.0.0.0", StringComparison.Ordinal);
            if (!Uri.TryCreate(readable, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttp)
            {
                Refuse($"{key} must be http addresses such as http://localhost:5080, but one is '{address}'.");
            }
            else if (uri.Port == 0 && string.Equals(uri.Host, "localhost", StringComparison.OrdinalIgnoreCase))
            {
                Refuse($"{key}: for a free port write http://127.0.0.1:0 instead of '{address}'.");
            }
        }
    }
}
