using Fluxgate;

namespace Outage;

/// <summary>What callers and listeners of one circuit counted themselves, without asking the breaker or its metrics.</summary>
internal sealed class Tally : ICircuitListener
{
    public long Successes { get; set; }

    public long Failures { get; set; }

    public long Ignored { get; set; }

    public long Stale { get; set; }

    public long InFlight { get; set; }

    public long WouldTrips { get; private set; }

    public long SignalsDropped { get; private set; }

    public Dictionary<string, long> Rejected { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, long> Transitions { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, long> UserErrors { get; } = new(StringComparer.Ordinal);

    public void Reject(BreakerState state) => Count(Rejected, state.ToLabel());

    public void OnSignal(Signal signal) => Count(Transitions, $"{signal.OldState.ToLabel()} {signal.NewState.ToLabel()}");

    public void OnNotice(Notice notice)
    {
        switch (notice)
        {
            case WouldTripNotice:
                WouldTrips++;
                break;
            case UserErrorNotice error:
                Count(UserErrors, error.Source.ToString().ToLowerInvariant());
                break;
            case SignalsDroppedNotice:
                SignalsDropped++;
                break;
        }
    }

    private static void Count(Dictionary<string, long> counts, string what) => counts[what] = counts.GetValueOrDefault(what) + 1;
}
