using Microsoft.Extensions.Options;

namespace Fluxgate;

/// <summary>Validates settings after everything has configured them, and reports all errors at once: those of reading and those of the values.</summary>
internal sealed class SettingsValidator(BreakerNames names) : IValidateOptions<FluxgateBreakerSettings>
{
    public ValidateOptionsResult Validate(string? name, FluxgateBreakerSettings options)
    {
        name ??= "";
        string[] errors = [.. ErrorsOf(options, name).Distinct(StringComparer.Ordinal)];
        return errors.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private IEnumerable<string> ErrorsOf(FluxgateBreakerSettings settings, string name)
    {
        if (name.Length > 0 && names.ConflictOf(name) is { } conflict)
        {
            yield return conflict;
        }

        var subject =
            name.Length == 0 ? ""
            : GroupNames.GroupOf(name) is { } group ? $"Group '{group}': "
            : $"Breaker '{name}': ";
        foreach (var error in ErrorsOf(settings, subject, settings.Errors))
        {
            yield return error;
        }

        if (GroupNames.GroupOf(name) is not null)
        {
            foreach (var error in ErrorsOfGroup(settings, subject))
            {
                yield return error;
            }
        }
    }

    private static IEnumerable<string> ErrorsOfGroup(FluxgateBreakerSettings settings, string subject)
    {
        // Only now, because everything has configured the settings of the group.
        var configuration = SettingsReadResult.GroupOf(settings);
        configuration.ApplyChanges();
        var options = configuration.Options.Copy();
        options.Overrides.Clear();
        foreach (var error in options.Errors)
        {
            yield return $"{subject}{error}";
        }

        foreach (var (key, own) in configuration.Options.Overrides)
        {
            var subjectOfKey = $"{subject}key '{OneLine.Of(SettingsNode.Shorten(key))}': ";
            var errors = own is null
                ? [$"{subjectOfKey}the settings must not be null."]
                : ErrorsOf(own, subjectOfKey, own.Errors.Except(settings.Errors, StringComparer.Ordinal));
            foreach (var error in errors)
            {
                yield return error;
            }
        }
    }

    /// <summary>Returns the errors of reading, and those of the values with the path if the value comes from configuration.</summary>
    private static IEnumerable<string> ErrorsOf(FluxgateBreakerSettings settings, string subject, IEnumerable<string> errors)
    {
        var result = SettingsReadResult.Of(settings);
        result.FindOverwritten(settings);

        // Tripper and window are validated together: if one could not be read, the error would blame the other.
        var isPartUnread = result.IsInvalid(nameof(settings.Tripper)) || result.IsInvalid(nameof(settings.Window));
        foreach (var error in result.Errors)
        {
            yield return error;
        }

        foreach (var error in errors)
        {
            object? part = error.Split(' ', 2)[0] switch
            {
                nameof(FluxgateBreakerSettings.Tripper) => settings.Tripper,
                nameof(FluxgateBreakerSettings.Window) => settings.Window,
                _ => null,
            };
            if (part is null || !isPartUnread)
            {
                yield return part is not null && result.PathOf(part) is { } path ? $"{path}: {error}" : $"{subject}{error}";
            }
        }
    }
}
