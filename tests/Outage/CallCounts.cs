using System.Text.Json;
using Fluxgate;

namespace Outage;

/// <summary>Counts the calls of one circuit in its caller and a listener, without the breaker's snapshot or metrics.</summary>
internal sealed class CallCounts(CallerClock clock, BreakerState state) : ICircuitListener
{
    private readonly HashSet<Call> _running = new(ReferenceEqualityComparer.Instance);
    private readonly List<Outcome> _outcomes = [];
    private long _starts;

    public BreakerState State { get; private set; } = state;

    public DateTimeOffset Entered { get; private set; } = clock.GetUtcNow();

    public DateTimeOffset? NextProbe { get; private set; }

    public int Reopens { get; private set; }

    public long Successes { get; private set; }

    public long Failures { get; private set; }

    public long Ignored { get; private set; }

    public long Stale { get; private set; }

    public long AbandonedFailures { get; private set; }

    public long AbandonedIgnored { get; private set; }

    public long WouldTrips { get; private set; }

    public long SignalsDropped { get; private set; }

    public Dictionary<string, long> Rejected { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, long> Transitions { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, long> UserErrors { get; } = new(StringComparer.Ordinal);

    /// <summary>The duration of each call, by the state that admitted it.</summary>
    public Dictionary<string, List<double>> Durations { get; } = new(StringComparer.Ordinal);

    public long InFlight => _running.Count;

    /// <summary>How long each call in flight has been in flight.</summary>
    public IEnumerable<TimeSpan> Ages => _running.Select(call => clock.Passed - call.At);

    /// <summary>The start of the oldest call in flight, by the caller's clock.</summary>
    public TimeSpan? OldestStart => _running.Min(call => (TimeSpan?)call.At);

    public long HalfOpenInFlight => _running.Count(call => call.State == BreakerState.HalfOpen && call.Start == _starts);

    /// <summary>The outcomes of the calls since the window was last cleared, in order, without ignored ones.</summary>
    public IReadOnlyList<Outcome> Outcomes => _outcomes;

    /// <summary>Records an admitted call.</summary>
    public Call Begin()
    {
        var call = new Call(State, _starts, clock.Passed);
        _running.Add(call);
        return call;
    }

    /// <summary>Records the end of a call. The signals and notices that it caused have been received before.</summary>
    public void End(Call call, Verdict verdict)
    {
        var duration = clock.Passed - call.At;
        _running.Remove(call);
        Successes += verdict == Verdict.Success ? 1 : 0;
        Failures += verdict == Verdict.Failure ? 1 : 0;
        Ignored += verdict == Verdict.Ignored ? 1 : 0;
        if (!Durations.TryGetValue(call.State.ToLabel(), out var durations))
        {
            Durations[call.State.ToLabel()] = durations = [];
        }

        durations.Add(duration.TotalSeconds);
        if (call.Start == _starts && verdict != Verdict.Ignored)
        {
            _outcomes.Add(new(verdict == Verdict.Failure, duration));
        }
    }

    /// <summary>Records the end of a call whose phase had ended before.</summary>
    public void EndAsStale(Call call, Verdict verdict)
    {
        End(call, verdict);
        Stale++;
    }

    public void Abandon(bool waited)
    {
        AbandonedFailures += waited ? 1 : 0;
        AbandonedIgnored += waited ? 0 : 1;
    }

    public void Reject(BreakerState state) => Count(Rejected, state.ToLabel());

    public void OnSignal(Signal signal)
    {
        Count(Transitions, $"{signal.OldState.ToLabel()} {signal.NewState.ToLabel()}");
        (State, Entered, NextProbe) = (signal.NewState, signal.Timestamp, signal.Timestamp + signal.BreakFor);
        Reopens = (signal.OldState, signal.NewState) switch
        {
            (BreakerState.HalfOpen, BreakerState.Open) => Reopens + 1,
            (_, BreakerState.Closed) => 0,
            _ => Reopens,
        };
        ClearWindow();
    }

    public void OnNotice(Notice notice)
    {
        switch (notice)
        {
            case WouldTripNotice:
                WouldTrips++;
                ClearWindow();
                break;
            case UserErrorNotice error:
                Count(UserErrors, JsonNamingPolicy.SnakeCaseLower.ConvertName(error.Source.ToString()));
                break;
            case SignalsDroppedNotice:
                SignalsDropped++;
                break;
        }
    }

    private void ClearWindow()
    {
        _starts++;
        _outcomes.Clear();
    }

    private static void Count(Dictionary<string, long> counts, string what) => counts[what] = counts.GetValueOrDefault(what) + 1;
}
