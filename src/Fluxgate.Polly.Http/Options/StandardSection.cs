using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Polly;

namespace Fluxgate;

/// <summary>Reads a section of the configuration into the options. The keys are those that bind to the options of Microsoft's standard handler.</summary>
/// <remarks>A binder by reflection cannot be trimmed, and neither kind reports all errors at once with path, value and expected format.</remarks>
internal sealed class StandardSection(string handler, IConfigurationSection section)
    : ConfigureNamedOptions<FluxgateStandardResilienceOptions>(handler, options => Read(section, options))
{
    private const string CircuitBreaker = nameof(CircuitBreaker);

    private static readonly Dictionary<string, Key> Keys = new(StringComparer.OrdinalIgnoreCase)
    {
        ["RateLimiter:Name"] = Text((options, value) => options.RateLimiter.Name = value),
        ["RateLimiter:DefaultRateLimiterOptions:PermitLimit"] = Number(
            (options, value) => options.RateLimiter.DefaultRateLimiterOptions.PermitLimit = value
        ),
        ["RateLimiter:DefaultRateLimiterOptions:QueueLimit"] = Number(
            (options, value) => options.RateLimiter.DefaultRateLimiterOptions.QueueLimit = value
        ),
        ["RateLimiter:DefaultRateLimiterOptions:QueueProcessingOrder"] = Choice<System.Threading.RateLimiting.QueueProcessingOrder>(
            (options, value) => options.RateLimiter.DefaultRateLimiterOptions.QueueProcessingOrder = value
        ),
        ["TotalRequestTimeout:Name"] = Text((options, value) => options.TotalRequestTimeout.Name = value),
        ["TotalRequestTimeout:Timeout"] = Time((options, value) => options.TotalRequestTimeout.Timeout = value),
        ["Retry:Name"] = Text((options, value) => options.Retry.Name = value),
        ["Retry:MaxRetryAttempts"] = Number((options, value) => options.Retry.MaxRetryAttempts = value),
        ["Retry:BackoffType"] = Choice<DelayBackoffType>((options, value) => options.Retry.BackoffType = value),
        ["Retry:UseJitter"] = Switch((options, value) => options.Retry.UseJitter = value),
        ["Retry:Delay"] = Time((options, value) => options.Retry.Delay = value),
        ["Retry:MaxDelay"] = Time((options, value) => options.Retry.MaxDelay = value),
        ["Retry:ShouldRetryAfterHeader"] = Switch((options, value) => options.Retry.ShouldRetryAfterHeader = value),
        ["AttemptTimeout:Name"] = Text((options, value) => options.AttemptTimeout.Name = value),
        ["AttemptTimeout:Timeout"] = Time((options, value) => options.AttemptTimeout.Timeout = value),
        [nameof(FluxgateStandardResilienceOptions.RetryEveryMethod)] = Switch((options, value) => options.RetryEveryMethod = value),
        [nameof(FluxgateStandardResilienceOptions.CountBody)] = Switch((options, value) => options.CountBody = value),
    };

    private delegate bool Set(FluxgateStandardResilienceOptions options, string value);

    private static void Read(IConfigurationSection section, FluxgateStandardResilienceOptions options)
    {
        string[] errors =
        [
            .. section
                .GetChildren()
                .Where(child => IsCircuitBreaker(child.Key))
                .Select(child =>
                    $"{child.Path} must be removed: the rules of the circuit are the settings of its breaker, usually under Fluxgate:Breakers:<name> or Fluxgate:BreakerGroups:<name>."
                ),
            .. section
                .AsEnumerable(makePathsRelative: true)
                .Where(pair => pair.Value is not null && !IsCircuitBreaker(pair.Key.Split(ConfigurationPath.KeyDelimiter)[0]))
                .OrderBy(pair => pair.Key, StringComparer.OrdinalIgnoreCase)
                .Select(pair => ErrorOf(section, options, pair.Key, pair.Value!))
                .OfType<string>(),
        ];
        if (errors.Length > 0)
        {
            throw new OptionsValidationException(section.Path, typeof(FluxgateStandardResilienceOptions), errors);
        }
    }

    private static string? ErrorOf(IConfigurationSection section, FluxgateStandardResilienceOptions options, string path, string value)
    {
        var full = path.Length == 0 ? section.Path : ConfigurationPath.Combine(section.Path, path);
        return !Keys.TryGetValue(path, out var key)
                ? $"{full} is not a setting of the standard handler. The settings are {string.Join(", ", Keys.Keys)}."
            : key.Set(options, value) ? null
            : $"{full} must be {key.Expected}, but is '{value}'.";
    }

    private static bool IsCircuitBreaker(string key) => string.Equals(key, CircuitBreaker, StringComparison.OrdinalIgnoreCase);

    private static Key Text(Action<FluxgateStandardResilienceOptions, string> set) =>
        Parsed("text", static (string value, out string parsed) => (parsed = value).Length > 0, set);

    private static Key Number(Action<FluxgateStandardResilienceOptions, int> set) =>
        Parsed(
            "a number, such as 3",
            static (string value, out int parsed) => int.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out parsed),
            set
        );

    private static Key Time(Action<FluxgateStandardResilienceOptions, TimeSpan> set) =>
        Parsed(
            "a duration, such as 00:00:30",
            static (string value, out TimeSpan parsed) => TimeSpan.TryParse(value, CultureInfo.InvariantCulture, out parsed),
            set
        );

    private static Key Switch(Action<FluxgateStandardResilienceOptions, bool> set) => Parsed<bool>("true or false", bool.TryParse, set);

    private static Key Choice<T>(Action<FluxgateStandardResilienceOptions, T> set)
        where T : struct, Enum =>
        Parsed(
            string.Join(" or ", Enum.GetNames<T>()),
            static (string value, out T parsed) => Enum.TryParse(value, ignoreCase: true, out parsed) && Enum.IsDefined(parsed),
            set
        );

    private static Key Parsed<T>(string expected, Parse<T> parse, Action<FluxgateStandardResilienceOptions, T> set) =>
        new(
            expected,
            (options, value) =>
            {
                var isValid = parse(value, out var parsed);
                if (isValid)
                {
                    set(options, parsed);
                }

                return isValid;
            }
        );

    private delegate bool Parse<T>(string value, out T parsed);

    private sealed record Key(string Expected, Set Set);
}
