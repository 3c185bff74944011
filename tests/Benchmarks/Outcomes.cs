using Polly;

namespace Fluxgate;

/// <summary>Ready-made outcomes, so that a benchmark measures the breaker and not the throwing.</summary>
internal static class Outcomes
{
    public static ValueTask<Outcome<int>> Succeeded => new(Outcome.FromResult(1));

    public static ValueTask<Outcome<int>> Failed { get; } = new(Outcome.FromException<int>(new InvalidOperationException("failed")));
}
