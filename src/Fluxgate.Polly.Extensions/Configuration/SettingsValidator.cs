using Microsoft.Extensions.Options;

namespace Fluxgate;

/// <summary>Validates settings after everything has configured them, and reports all errors at once: those of reading and those of the values.</summary>
internal sealed class SettingsValidator : IValidateOptions<FluxgateBreakerSettings>
{
    public ValidateOptionsResult Validate(string? name, FluxgateBreakerSettings options)
    {
        var result = SettingsReadResult.Of(options);
        result.FindOverwritten(options);
        string[] errors = [.. result.Errors.Concat(ErrorsOf(options, name, result)).Distinct(StringComparer.Ordinal)];
        return errors.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    /// <summary>Returns the errors of the values, with the path if the value comes from configuration.</summary>
    private static IEnumerable<string> ErrorsOf(FluxgateBreakerSettings settings, string? name, SettingsReadResult result)
    {
        // Tripper and window are validated together: if one could not be read, the error would blame the other.
        var isPartUnread = result.IsInvalid(nameof(settings.Tripper)) || result.IsInvalid(nameof(settings.Window));
        foreach (var error in settings.Errors)
        {
            object? part = error.Split(' ', 2)[0] switch
            {
                nameof(FluxgateBreakerSettings.Tripper) => settings.Tripper,
                nameof(FluxgateBreakerSettings.Window) => settings.Window,
                _ => null,
            };
            if (part is null || !isPartUnread)
            {
                yield return part is not null && result.PathOf(part) is { } path ? $"{path}: {error}"
                : string.IsNullOrEmpty(name) ? error
                : $"Breaker '{name}': {error}";
            }
        }
    }
}
