using System.Runtime.CompilerServices;

namespace Fluxgate;

/// <summary>Code that must throw, and its message.</summary>
internal sealed record InvalidSetting(string Code, Action Act, string Message)
{
    public static InvalidSetting Of(Action act, string message, [CallerArgumentExpression(nameof(act))] string code = "") =>
        new(code.Replace("() =>", "", StringComparison.Ordinal).Trim(), act, message);

    /// <summary>Creates a case that constructs a breaker with changed settings.</summary>
    public static InvalidSetting In(
        Action<FluxgateBreakerSettings> change,
        string message,
        [CallerArgumentExpression(nameof(change))] string code = ""
    ) =>
        new(
            code,
            () =>
            {
                var settings = new FluxgateBreakerSettings();
                change(settings);
                _ = new FluxgateBreaker("payments", settings, new VirtualTime());
            },
            message
        );

    /// <summary>Returns the message without the parameter and the value that the framework appends.</summary>
    public static string TextOf(Exception error) => error.Message.Split(" (Parameter '", StringSplitOptions.None)[0];
}
