using System.Runtime.CompilerServices;

namespace Fluxgate;

/// <summary>Validates arguments and settings. Each message names the setting, the value and what is allowed.</summary>
internal static class Require
{
    /// <summary>Returns the error of a check, or <see langword="null"/> if it succeeds.</summary>
    public static ArgumentException? ErrorOf(Action check)
    {
        try
        {
            check();
            return null;
        }
        catch (ArgumentException error)
        {
            return error;
        }
    }

    public static T NotNull<T>(T? value, [CallerArgumentExpression(nameof(value))] string name = "")
        where T : class => value ?? throw new ArgumentNullException(name, $"{name} must not be null.");

    public static double Ratio(double value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value is > 0 and <= 1
            ? value
            : throw new ArgumentOutOfRangeException(
                name,
                value,
                $"{name} must be greater than 0 and at most 1 (1 is 100%), but is {RuleText.Number(value)}."
            );

    public static double Jitter(double value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value is >= 0 and < 1
            ? value
            : throw new ArgumentOutOfRangeException(
                name,
                value,
                $"{name} must be at least 0 and less than 1 (0.1 is ±10%), but is {RuleText.Number(value)}."
            );

    public static double Multiplier(double value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value is >= 1 and < double.PositiveInfinity
            ? value
            : throw new ArgumentOutOfRangeException(
                name,
                value,
                $"{name} must be a finite number of at least 1, but is {RuleText.Number(value)}."
            );

    public static TimeSpan NotNegative(TimeSpan value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value >= TimeSpan.Zero
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must be at least zero, but is {value}.");

    public static long Number(long value, long most, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value >= 0 && value <= most
            ? value
            : throw new ArgumentOutOfRangeException(
                name,
                value,
                $"{name} must be at least 0{(most < long.MaxValue ? $" and at most {RuleText.Number(most)}" : "")}, but is {RuleText.Number(value)}."
            );

    public static BreakerState RuleState(BreakerState state) =>
        state is BreakerState.Closed or BreakerState.HalfOpen
            ? state
            : throw new ArgumentOutOfRangeException(
                nameof(state),
                state,
                $"state must be Closed or HalfOpen, in which rules are evaluated, but is {state}."
            );

    public static int Count(int value, int most = int.MaxValue, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value >= 1 && value <= most
            ? value
            : throw new ArgumentOutOfRangeException(
                name,
                value,
                $"{name} must be at least 1{(most < int.MaxValue ? $" and at most {RuleText.Number(most)}" : "")}, but is {RuleText.Number(value)}."
            );

    public static TimeSpan Positive(TimeSpan value, TimeSpan? most = null, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value > TimeSpan.Zero && !(value > most)
            ? value
            : throw new ArgumentOutOfRangeException(
                name,
                value,
                $"{name} must be greater than zero{(most is { } longest ? $" and at most {RuleText.Duration(longest)}" : "")}, but is {value}."
            );

    /// <summary>Limits the nesting of parts, because they are processed recursively and code can compose them without limit.</summary>
    public static int Depth(int depth, string part) =>
        depth <= FluxgateDefaults.MaxDepth
            ? depth
            : throw new ArgumentException(
                $"A {part} must be nested at most {FluxgateDefaults.MaxDepth} deep, but is nested {RuleText.Number(depth)} deep."
            );

    public static string CircuitName(string? value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value switch
        {
            null => throw new ArgumentNullException(
                name,
                $"{name} must not be null: a circuit has a name of 1 to {FluxgateDefaults.MaxNameLength} characters."
            ),
            { Length: 0 } => throw new ArgumentException(
                $"{name} must not be empty: a circuit has a name of 1 to {FluxgateDefaults.MaxNameLength} characters.",
                name
            ),
            { Length: > FluxgateDefaults.MaxNameLength } => throw new ArgumentException(
                $"{name} must have at most {FluxgateDefaults.MaxNameLength} characters, but has {RuleText.Number(value.Length)}.",
                name
            ),
            _ => value,
        };
}
