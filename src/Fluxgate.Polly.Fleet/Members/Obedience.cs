using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>
/// Makes the circuits of a member obey the directives. A directive acts once: what somebody does to the circuit by hand afterwards stands until the next directive, and is a
/// divergence.
/// </summary>
internal sealed class Obedience(FleetIdentity member, TimeProvider timeProvider, ILogger log)
{
    /// <summary>How old a reset may be for a member that sees it late.</summary>
    private static readonly TimeSpan ResetsWithin = TimeSpan.FromMinutes(1);

    /// <summary>How long to wait for listeners, which are user code.</summary>
    private static readonly TimeSpan MovesWithin = TimeSpan.FromSeconds(1);

    private Dictionary<FluxgateBreaker, Obeyed> _circuits = [];
    private DirectiveSet? _applied;

    /// <summary>Returns the revision of the directive that a circuit obeyed last, and whether it is in another state than it demands.</summary>
    public (long Directive, bool IsDivergent) Of(FluxgateBreaker circuit) =>
        _circuits.TryGetValue(circuit, out var obeyed) && obeyed.Directive is { } directive
            ? (directive.Revision, directive.IsDisobeyedBy(circuit.State))
            : (0, false);

    /// <summary>Applies the directives that are new to a circuit, and ends those that are over.</summary>
    /// <param name="circuits">The circuits of the member.</param>
    /// <param name="directives">The directives.</param>
    /// <param name="now">The time on the store's clock.</param>
    /// <param name="stopping">Ends the wait for listeners.</param>
    public async Task ApplyAsync(
        IReadOnlyCollection<FluxgateBreaker> circuits,
        DirectiveSet directives,
        DateTimeOffset now,
        CancellationToken stopping
    )
    {
        if (directives.All.IsEmpty && _circuits.Count == 0)
        {
            return;
        }

        // Directives that are the same object have not changed, and none has ended: only new circuits are evaluated. A group has thousands.
        var isSame = ReferenceEquals(directives, _applied);
        Dictionary<FluxgateBreaker, Obeyed> obeyed = new(circuits.Count);
        List<Task<FluxgateBreaker?>> moves = [];
        foreach (var circuit in circuits)
        {
            var before = _circuits.GetValueOrDefault(circuit);
            var directive = isSame && before is not null ? before.Directive : directives.Of(circuit.Name, member, now);
            var hasChanged = directive?.Place != before?.Directive?.Place;
            obeyed[circuit] = before is null || hasChanged ? new(directive) : before;
            if (hasChanged && StateAfter(circuit.State, before?.Directive, directive, now) is { } state)
            {
                moves.Add(MoveAsync(circuit, state, directive, stopping));
            }
        }

        FluxgateBreaker[] notMoved = [.. (await Task.WhenAll(moves).ConfigureAwait(false)).OfType<FluxgateBreaker>()];
        foreach (var circuit in notMoved)
        {
            // The next step tries again.
            obeyed.Remove(circuit);
            if (_circuits.TryGetValue(circuit, out var before))
            {
                obeyed[circuit] = before;
            }
        }

        foreach (var (circuit, one) in obeyed)
        {
            LogDivergence(circuit, one);
        }

        var isDone = notMoved.Length == 0;
        (_applied, _circuits) = (isDone ? directives : null, isDone && directives.All.IsEmpty ? [] : obeyed);
    }

    /// <summary>Returns the state to which the change from one directive to another moves a circuit; <see langword="null"/> if it stays.</summary>
    private static BreakerState? StateAfter(BreakerState state, FleetDirective? before, FleetDirective? directive, DateTimeOffset now)
    {
        if (directive is not null && (before is null || directive.Place.CompareTo(before.Place) > 0))
        {
            return directive.Demands
                ?? (directive.Action == FleetAction.Reset && now - directive.IssuedAt <= ResetsWithin ? BreakerState.Closed : Left());
        }

        // A directive has ended, and an older one, if there is one, is in force again. Somebody who left the state by hand is not overruled.
        return before!.IsDisobeyedBy(state) ? null : directive?.Demands ?? Left();

        BreakerState? Left() =>
            before?.Demands is not { } demanded || state != demanded ? null
            : demanded == BreakerState.ForcedOpen ? BreakerState.HalfOpen
            : BreakerState.Closed;
    }

    /// <summary>Moves a circuit on another thread: a listener that hangs holds that one, and not the member.</summary>
    /// <returns><see langword="null"/> if it moved; otherwise, the circuit.</returns>
    private async Task<FluxgateBreaker?> MoveAsync(
        FluxgateBreaker circuit,
        BreakerState state,
        FleetDirective? directive,
        CancellationToken stopping
    )
    {
        var reason = directive is null ? "fleet: the directive has ended" : $"fleet: {directive}";
        var isBegun = 0;
        try
        {
            var signal = await Task.Run(() => TryBegin() ? circuit.MoveTo(state, reason, ReasonKind.Fleet) : null, CancellationToken.None)
                .WaitAsync(MovesWithin, timeProvider, stopping)
                .ConfigureAwait(false);
            if (signal is not null)
            {
                log.DirectiveObeyed(circuit.Name, signal.NewState.ToLabel(), OneLine.Of(reason));
            }

            return null;
        }
        catch (TimeoutException)
        {
            // A move that has begun waits for listeners and is done; one that has not never begins.
            return TryBegin() ? circuit : null;
        }

        bool TryBegin() => Interlocked.Exchange(ref isBegun, 1) == 0;
    }

    private void LogDivergence(FluxgateBreaker circuit, Obeyed obeyed)
    {
        var isDivergent = obeyed.Directive?.IsDisobeyedBy(circuit.State) ?? false;
        if (isDivergent && !obeyed.IsDivergent)
        {
            log.Divergence(circuit.Name, circuit.State.ToLabel(), $"{obeyed.Directive}");
        }

        obeyed.IsDivergent = isDivergent;
    }

    /// <summary>What a circuit obeyed last; no directive if none covers it.</summary>
    private sealed class Obeyed(FleetDirective? directive)
    {
        public FleetDirective? Directive => directive;

        /// <summary>Gets or sets whether a divergence from this directive is in the log.</summary>
        public bool IsDivergent { get; set; }
    }
}
