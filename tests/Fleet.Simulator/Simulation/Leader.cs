namespace Fluxgate.Simulation;

/// <summary>A member that leads: it reads all digests and writes the next summary.</summary>
internal sealed class Leader(Run run, Member member)
{
    // When each digest was seen to progress, on this member's monotonic clock. A new leader gives everybody the time to progress.
    private readonly Dictionary<int, (long Number, TimeSpan At)> _seen = [];

    public void Lead() =>
        run.Network.Send(
            member.Place,
            () =>
            {
                var (digests, summary) = (run.Store.ReadDigests(), run.Store.Summary);
                run.Network.Send(member.Place, () => member.Do(() => Summarize(digests, summary)));
            }
        );

    private void Summarize(Digest[] digests, FleetSummary last)
    {
        var now = member.Clock.Elapsed;
        foreach (var digest in digests)
        {
            if (!_seen.TryGetValue(digest.Member, out var seen) || seen.Number != digest.Number)
            {
                _seen[digest.Member] = (digest.Number, now);
            }
        }

        var known = digests.Select(digest => (digest, now - _seen[digest.Member].At)).ToArray();
        var next = Summarizer.Next(run.World.Rules, run.World.Rule, last, known);
        if (!run.World.Design.Gates)
        {
            // In the first designs, a trip of the fleet is a moment, and every member recovers alone.
            next = next with
            {
                Scopes = [.. next.Scopes.Select(scope => EndsAtOnce(scope, next.Revision) ? scope with { IsOpen = false } : scope)],
            };
        }

        run.Network.Send(member.Place, () => run.Write(next));
    }

    private bool EndsAtOnce(ScopeSummary scope, long revision) => scope.IsOpen && revision - scope.Epoch >= run.World.Rules.StaleAfter;
}
