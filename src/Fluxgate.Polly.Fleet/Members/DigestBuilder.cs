namespace Fluxgate;

/// <summary>Makes the digests of a member: the calls of each are the differences of snapshots since the last one that reached the store.</summary>
internal sealed class DigestBuilder(TimeProvider timeProvider)
{
    private Dictionary<string, Totals> _before = new(StringComparer.Ordinal);
    private Dictionary<string, Totals> _next = new(StringComparer.Ordinal);
    private long _since = timeProvider.GetTimestamp();
    private long _nextSince;
    private long _number;

    /// <summary>Makes a digest of the circuits as they are now. Of a circuit that the last digest did not have, no calls are known.</summary>
    /// <param name="zone">The zone of the member.</param>
    /// <param name="directives">The revision of the directives that the member knows.</param>
    /// <param name="circuits">The circuits. If they are too many, those that are not closed come first.</param>
    /// <param name="obedience">What the circuits obey.</param>
    public FleetDigest Build(string? zone, long directives, IReadOnlyCollection<FluxgateBreaker> circuits, Obedience obedience)
    {
        _nextSince = timeProvider.GetTimestamp();
        _next = new(StringComparer.Ordinal);
        var chosen =
            circuits.Count <= MessageLimits.Circuits
                ? circuits
                : circuits.OrderBy(breaker => breaker.State == BreakerState.Closed).Take(MessageLimits.Circuits);
        return new()
        {
            Zone = zone,
            Number = ++_number,
            Period = timeProvider.GetElapsedTime(_since, _nextSince),
            Directives = directives,
            Circuits = [.. chosen.Select(breaker => Report(breaker, obedience)).OrderBy(circuit => circuit.State == BreakerState.Closed)],
            Omitted = Math.Max(0, circuits.Count - MessageLimits.Circuits),
        };
    }

    /// <summary>Records that the digest reached the store: the next one counts from there.</summary>
    public void Commit() => (_before, _since) = (_next, _nextSince);

    private FleetCircuitReport Report(FluxgateBreaker breaker, Obedience obedience)
    {
        var now = breaker.Snapshot();
        var totals = new Totals(new(now.Successes, now.Failures, now.Ignored, now.Rejected), now.SlowCalls);
        _next[now.CircuitName] = totals;
        var before = _before.GetValueOrDefault(now.CircuitName, totals);
        var (directive, isDivergent) = obedience.Of(breaker);
        return new()
        {
            Name = now.CircuitName,
            Group = now.GroupName,
            State = now.State,
            ReasonKind = now.Reason.Kind,
            Reason = now.State == BreakerState.Closed ? "" : now.Reason.Text,
            Rule = now.Rule,
            Calls = totals.Calls.Since(before.Calls),
            // Thresholds that the rule no longer has count nothing.
            SlowCalls = [.. now.SlowCalls.Where(slow => slow.Overdue is not null).Select(slow => SlowSince(slow, before.Slow))],
            Directive = directive,
            IsDivergent = isDivergent,
        };
    }

    private static FleetSlowCalls SlowSince(SlowCallCount slow, IReadOnlyList<SlowCallCount> before)
    {
        var then = before.FirstOrDefault(one => one.Threshold == slow.Threshold)?.Total ?? 0;
        return new(slow.Threshold, slow.Total < then ? slow.Total : slow.Total - then, Reporters: 1);
    }

    private sealed record Totals(FleetCalls Calls, IReadOnlyList<SlowCallCount> Slow);
}
