using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Fluxgate;

/// <summary>One call of <c>AddFluxgateFleet</c>.</summary>
/// <param name="Section">The section that the call adds, or <see langword="null"/>.</param>
/// <param name="Configure">The callback of the call, or <see langword="null"/>.</param>
internal sealed record FleetSetup(IConfiguration? Section, Action<FleetOptions>? Configure)
{
    /// <summary>The key of the section that the package of Redis reads.</summary>
    private static readonly string[] OtherKeys = ["Redis"];

    /// <summary>Applies all calls in their order.</summary>
    /// <exception cref="OptionsValidationException">The options are invalid; the message has a line for each error.</exception>
    public static FleetOptions Build(IEnumerable<FleetSetup> calls)
    {
        var options = new FleetOptions();
        List<string> errors = [];
        foreach (var call in calls)
        {
            if (call.Section is { } section)
            {
                FleetSection.Read(section, options, OtherKeys, errors);
            }

            call.Configure?.Invoke(options);
        }

        errors.AddRange(FleetOptionsCheck.ErrorsOf(options).Select(error => $"Fleet: {error}"));
        return errors.Count == 0 ? options : throw new InvalidFleetException(errors);
    }
}
