namespace Fluxgate;

/// <content>What a member counts and logs.</content>
internal sealed partial class FleetMember
{
    private readonly HashSet<string> _logged = new(StringComparer.Ordinal);
    private long _lostAt;
    private bool _hasFailed;
    private bool _hasFailedBefore;

    /// <summary>Reports the failure of a step, or of the wait after it. Failures of steps in a row are logged once.</summary>
    public void Report(Exception error)
    {
        if (!_hasFailed && !_hasFailedBefore)
        {
            _log.StepFailed(Fleet, error);
        }

        _hasFailed = true;
    }

    /// <summary>Returns whether a message could be read. Counts one that could not, and logs each kind of it once.</summary>
    private bool Ignore(string? error, string kind, string member)
    {
        if (error is null)
        {
            return true;
        }

        _status = _status with { IgnoredMessages = _status.IgnoredMessages + 1 };
        if (_logged.Count < 100 && _logged.Add($"{kind} {member}"))
        {
            _log.MessageIgnored(Fleet, kind, OneLine.Of(member), error);
        }

        return false;
    }

    private void Exchanged()
    {
        Volatile.Write(ref _exchangedAt, _timeProvider.GetTimestamp());
        var before = _status;
        _status = before with { IsConnected = true, Exchanges = before.Exchanges + 1, FailuresInARow = 0 };
        if (before.Exchanges == 0)
        {
            _log.Joined(Fleet, Identity.Id, Knowledge.Directives.All.Length);
        }
        else if (before.FailuresInARow > 0)
        {
            _log.StoreFound(Fleet, before.FailuresInARow, RuleText.Measured(_timeProvider.GetElapsedTime(_lostAt)));
        }
    }

    private void Failed(Exception error)
    {
        Count(error);
        SetLeader(false);
        _status = _status with { IsConnected = false, FailuresInARow = _status.FailuresInARow + 1 };
        if (_status.FailuresInARow == 1)
        {
            _lostAt = _timeProvider.GetTimestamp();
            _log.StoreLost(Fleet, _status.LastError!);
        }
    }

    private void Count(Exception error) =>
        _status = _status with { Failures = _status.Failures + 1, LastError = OneLine.Of($"{error.GetType().Name}: {error.Message}") };
}
