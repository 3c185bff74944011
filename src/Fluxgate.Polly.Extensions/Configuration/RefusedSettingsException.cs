using Microsoft.Extensions.Options;

namespace Fluxgate;

/// <summary>Tells what is wrong one problem a line: the framework's own message is one line, however many there are.</summary>
internal sealed class RefusedSettingsException(string optionsName, IReadOnlyList<string> problems)
    : OptionsValidationException(optionsName, typeof(FluxgateBreakerSettings), problems)
{
    public override string Message =>
        problems.Count == 1
            ? problems[0]
            : string.Join(
                Environment.NewLine,
                [
                    $"The settings of circuit breakers have {RuleText.Number(problems.Count)} problems:",
                    .. problems.Select(problem => $"- {problem}"),
                ]
            );
}
