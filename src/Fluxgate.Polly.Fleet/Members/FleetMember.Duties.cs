namespace Fluxgate;

/// <content>What some members do for all: they lead, and write again what the store lost.</content>
internal sealed partial class FleetMember
{
    /// <summary>Writes the directives again if the store has lost some: a flush, or a failover to a replica that had not received them.</summary>
    private async Task RestoreAsync(CancellationToken stopping)
    {
        if (!Knowledge.IsAhead || _isRefused || !IsMyTurn() || _clock.Now is not { } now)
        {
            return;
        }

        var directives = Knowledge.Directives.At(now);
        var revision = Knowledge.NextRevision(Math.Max(Knowledge.StoreRevision, directives.Revision));
        var count = directives.All.Length;
        var audit = new FleetAuditEntry(now, Identity.Id, $"wrote {RuleText.Number(count)} directives again that the store had lost", null);
        var write = new FleetDirectivesWrite(
            Knowledge.StoreRevision,
            new(revision, DirectivesCodec.Write(directives)),
            AuditCodec.Write(audit)
        );
        try
        {
            // If another member was faster, the next exchange returns what it wrote.
            if (
                await _store
                    .CallAsync((store, token) => store.TryWriteDirectivesAsync(write, token), Deadline, stopping)
                    .ConfigureAwait(false)
            )
            {
                Knowledge.Wrote(revision, directives, now);
                _status = _status with { Restorations = _status.Restorations + 1 };
                _log.DirectivesRestored(Fleet, count, revision);
            }
        }
        catch (UnauthorizedAccessException error)
        {
            _isRefused = true;
            _log.DirectivesRefused(Fleet, OneLine.Of(error.Message));
        }
    }

    /// <summary>Leads if nobody else does: makes the summary of the digests of all live members.</summary>
    private async Task LeadAsync(CancellationToken stopping)
    {
        var interval = Interval;
        if (!_status.IsLeader && !(IsSummaryOld(interval) && IsMyTurn() && !HasJustFailedToLead(interval)))
        {
            return;
        }

        var lease = new FleetLease(Leadership.Resource, Identity.Id, Slots: 1, interval * IntervalsOfPatience);
        var leads = await _store
            .CallAsync((store, token) => store.TryTakeLeaseAsync(lease, token), Deadline, stopping)
            .ConfigureAwait(false);
        SetLeader(leads);
        if (!leads)
        {
            return;
        }

        try
        {
            await SummarizeAsync(interval, stopping).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The lease runs out, so that a member that can make the summary leads.
            _failedToLeadAt = _timeProvider.GetTimestamp();
            SetLeader(false);
            throw;
        }
    }

    private void SetLeader(bool leads)
    {
        if (leads != _status.IsLeader)
        {
            _status = _status with { IsLeader = leads };
            _log.Leads(leads ? "is now" : "is no longer", Fleet);
        }
    }

    private async Task SummarizeAsync(TimeSpan interval, CancellationToken stopping)
    {
        var stored = await _store.CallAsync((store, token) => store.ReadDigestsAsync(token), interval, stopping).ConfigureAwait(false);
        var summary = _leadership.Summarize(stored, interval * IntervalsOfPatience, (error, member) => Ignore(error, "digest", member));
        var revision = _summaryRevision < FleetLimits.MaxRevision ? _summaryRevision + 1 : 1;
        var content = SummaryCodec.Write(summary);
        await _store
            .CallAsync((store, token) => store.WriteSummaryAsync(new(revision, content), token), interval, stopping)
            .ConfigureAwait(false);
        _summaryRevision = revision;
        TakeSummary(summary);
    }

    private bool HasJustFailedToLead(TimeSpan interval) =>
        _failedToLeadAt is { } failedAt && _timeProvider.GetElapsedTime(failedAt) < interval * (2 * IntervalsOfPatience);

    private bool IsSummaryOld(TimeSpan interval) =>
        _summary is null || _timeProvider.GetElapsedTime(Volatile.Read(ref _summaryAt)) > interval * IntervalsOfPatience;

    /// <summary>Removes what the member has in the store.</summary>
    public Task LeaveAsync(CancellationToken cancellationToken) =>
        TryAsync(
            async stopping =>
            {
                await _store
                    .CallAsync((store, token) => store.RemoveDigestAsync(Identity.Id, token), Shorter(Deadline, LongestLeave), stopping)
                    .ConfigureAwait(false);
                await _store
                    .CallAsync(
                        (store, token) => store.ReleaseLeaseAsync(Leadership.Resource, Identity.Id, token),
                        Shorter(Deadline, LongestLeave),
                        stopping
                    )
                    .ConfigureAwait(false);
            },
            cancellationToken
        );

    /// <summary>Returns whether it is the turn of this member for what one member should do and some may: so a thousand do not try at once.</summary>
    private bool IsMyTurn() => _status.IsLeader || _random() * (_summary?.Members ?? 0) < AtOnce;
}
