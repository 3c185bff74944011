using Microsoft.Extensions.Options;

namespace Fluxgate;

/// <summary>Reports each error on its own line. The message of the base class joins all errors into one line.</summary>
internal sealed class InvalidFleetException(IReadOnlyList<string> errors)
    : OptionsValidationException("Fleet", typeof(FleetOptions), errors)
{
    public override string Message =>
        errors.Count == 1
            ? errors[0]
            : string.Join(
                Environment.NewLine,
                [$"The settings of the fleet have {RuleText.Number(errors.Count)} errors:", .. errors.Select(error => $"- {error}")]
            );
}
