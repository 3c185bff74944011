using Microsoft.Extensions.Options;

namespace Fluxgate;

/// <summary>Tells everything that is wrong with settings at once: what could not be read, and what no breaker could work with.</summary>
/// <remarks>It comes after all that configures, so it is here that what code has overwritten is known.</remarks>
internal sealed class SettingsValidation : IValidateOptions<FluxgateBreakerSettings>
{
    public ValidateOptionsResult Validate(string? name, FluxgateBreakerSettings options)
    {
        var reading = SettingsReading.Of(options);
        reading.Compare(options);
        string[] problems = [.. reading.Problems.Concat(reading.ErrorsOf(name, options)).Distinct(StringComparer.Ordinal)];
        return problems.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
