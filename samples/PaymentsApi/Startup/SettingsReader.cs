using System.Globalization;

namespace PaymentsApi;

/// <summary>Reads values without reflection, which supports trimming, and collects errors with their keys.</summary>
internal sealed class SettingsReader(IConfiguration configuration)
{
    private readonly List<string> _errors = [];

    public IReadOnlyList<string> Errors => _errors;

    /// <summary>Returns the message of an exception without the name of its parameter.</summary>
    public static string MessageOf(ArgumentException error) =>
        error.ParamName is { } name ? error.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal) : error.Message;

    public void AddError(string error) => _errors.Add(error);

    /// <summary>Returns the text of a key, or <see langword="null"/> if it is missing or empty.</summary>
    public string? Text(string key) => configuration[key] is { Length: > 0 } text ? text : null;

    public bool Switch(string key)
    {
        if (Text(key) is not { } text)
        {
            return false;
        }

        if (!bool.TryParse(text, out var value))
        {
            AddError($"{key} must be true or false, but is '{text}'.");
        }

        return value;
    }

    public decimal Decimal(string key, decimal defaultValue, decimal min, decimal max)
    {
        if (Text(key) is not { } text)
        {
            return defaultValue;
        }

        if (
            decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && value >= min
            && value <= max
        )
        {
            return value;
        }

        AddError(string.Create(CultureInfo.InvariantCulture, $"{key} must be a number from {min} to {max}, but is '{text}'."));
        return defaultValue;
    }

    public TimeSpan Time(string key, TimeSpan defaultValue, TimeSpan min, TimeSpan max)
    {
        if (Text(key) is not { } text)
        {
            return defaultValue;
        }

        if (TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max)
        {
            return value;
        }

        AddError($"{key} must be a time from {min} to {max}, written as hh:mm:ss, but is '{text}'.");
        return defaultValue;
    }

    public void CheckAddresses(string key)
    {
        foreach (var address in (Text(key) ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            // Kestrel accepts + and * for all addresses of the machine.
            var readable = address
                .Replace("://+", "://0.0.0.0", StringComparison.Ordinal)
                .Replace("://*", "://0.0.0.0", StringComparison.Ordinal);
            if (!Uri.TryCreate(readable, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttp)
            {
                AddError($"{key} must be http addresses such as http://localhost:5080, but one is '{address}'.");
            }
            else if (uri.Port == 0 && string.Equals(uri.Host, "localhost", StringComparison.OrdinalIgnoreCase))
            {
                AddError($"{key}: for a free port write http://127.0.0.1:0 instead of '{address}'.");
            }
        }
    }
}
