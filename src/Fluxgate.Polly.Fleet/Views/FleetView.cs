namespace Fluxgate;

/// <summary>Shows the fleet of a member.</summary>
internal sealed class FleetView : IFleetView
{
    /// <summary>For how many intervals a summary is shown that nobody renews.</summary>
    private const int SummaryShown = 10;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    private readonly FleetMember _member;

    public FleetView(FleetMember member)
    {
        _member = member;
        MetricFamilies = FleetFamilies.Of(this);
    }

    public string Fleet => _member.Fleet;

    public string MemberId => _member.Identity.Id;

    public FleetStatus Status => _member.Status;

    public FleetSummary? Summary => _member.SummaryAge <= _member.Interval * SummaryShown ? _member.Summary : null;

    public IReadOnlyList<FleetDirective> Directives =>
        _member.StoreTime is { } now ? _member.Knowledge.Directives.At(now).All : _member.Knowledge.Directives.All;

    public IReadOnlyList<MetricFamily> MetricFamilies { get; }

    public async Task<FleetReport> ReadAsync(CancellationToken cancellationToken = default)
    {
        var stored = await _member
            .CallsOfUsers.CallAsync((store, token) => store.ReadDigestsAsync(token), Deadline, cancellationToken)
            .ConfigureAwait(false);
        List<FleetMemberReport> members = [];
        foreach (var one in stored)
        {
            if (DigestCodec.Read(one.Content.Span, out var digest) is null)
            {
                members.Add(
                    new()
                    {
                        Id = one.MemberId,
                        Zone = digest.Zone,
                        LastSeen = one.Age,
                        IsAlive = one.Age <= _member.Patience,
                        Directives = digest.Directives,
                        Circuits = digest.Circuits,
                        OmittedCircuits = digest.Omitted,
                    }
                );
            }
        }

        return new()
        {
            Members = [.. members.OrderBy(one => one.Id, StringComparer.Ordinal)],
            IgnoredDigests = stored.Count - members.Count,
        };
    }
}
