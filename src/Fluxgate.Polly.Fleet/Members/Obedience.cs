using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>
/// Makes the circuits of a member obey the directives, by the same calls that an operator has. A directive acts once: what somebody does to the circuit by hand afterwards
/// stands until the next directive, and is a divergence.
/// </summary>
internal sealed class Obedience(FleetIdentity member, ILogger log)
{
    /// <summary>How old a reset may be for a member that sees it late.</summary>
    private static readonly TimeSpan ResetsWithin = TimeSpan.FromMinutes(1);

    private Dictionary<FluxgateBreaker, Obeyed> _circuits = [];

    /// <summary>Returns the revision of the directive that a circuit obeyed last, and whether it is in another state than it demands.</summary>
    public (long Directive, bool IsDivergent) Of(FluxgateBreaker circuit) =>
        _circuits.TryGetValue(circuit, out var obeyed)
            ? (obeyed.Directive, obeyed.Demanded is { } state && circuit.State != state)
            : (0, false);

    /// <summary>Applies the directives that are new to a circuit, and ends those that are over.</summary>
    /// <param name="circuits">The circuits of the member.</param>
    /// <param name="directives">The directives.</param>
    /// <param name="now">The time on the store's clock.</param>
    public void Apply(IReadOnlyCollection<FluxgateBreaker> circuits, DirectiveSet directives, DateTimeOffset now)
    {
        if (directives.All.IsEmpty && _circuits.Count == 0)
        {
            return;
        }

        Dictionary<FluxgateBreaker, Obeyed> obeyed = [];
        foreach (var circuit in circuits)
        {
            var before = _circuits.GetValueOrDefault(circuit);
            var directive = directives.Of(circuit.Name, member, now);
            if (directive?.Revision != before?.Directive)
            {
                Obey(circuit, directive, before, now);
            }

            if (directive is not null)
            {
                obeyed[circuit] = new(directive.Revision, directive.Demands, LogDivergence(circuit, directive, before));
            }
        }

        _circuits = obeyed;
    }

    private void Obey(FluxgateBreaker circuit, FleetDirective? directive, Obeyed? before, DateTimeOffset now)
    {
        var reason = directive is null ? "fleet: the directive has ended" : $"fleet: {directive}";
        var signal = directive?.Action switch
        {
            FleetAction.ForceOpen => circuit.ForceOpen(reason),
            FleetAction.Disable => circuit.Disable(reason),
            FleetAction.MetricsOnly => circuit.MetricsOnly(reason),
            FleetAction.Reset when now - directive.IssuedAt <= ResetsWithin => circuit.Reset(reason),
            // Of a newer version: it is kept for those that know it.
            not (null or FleetAction.Reset or FleetAction.Release) => null,
            _ => End(circuit, before, reason),
        };
        if (signal is not null)
        {
            log.DirectiveObeyed(circuit.Name, signal.NewState.ToLabel(), OneLine.Of(reason));
        }
    }

    // Somebody who left the state by hand is not overruled by the end of a directive.
    private static Signal? End(FluxgateBreaker circuit, Obeyed? before, string reason) =>
        before?.Demanded is not { } state || circuit.State != state ? null
        : state == BreakerState.ForcedOpen ? circuit.Probe(reason)
        : circuit.Reset(reason);

    private bool LogDivergence(FluxgateBreaker circuit, FleetDirective directive, Obeyed? before)
    {
        var isDivergent = directive.Demands is { } state && circuit.State != state;
        if (isDivergent && !(before is { IsDivergent: true } && before.Directive == directive.Revision))
        {
            log.Divergence(circuit.Name, circuit.State.ToLabel(), directive.ToString());
        }

        return isDivergent;
    }

    private sealed record Obeyed(long Directive, BreakerState? Demanded, bool IsDivergent);
}
