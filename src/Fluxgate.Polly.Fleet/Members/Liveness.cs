namespace Fluxgate;

/// <summary>Which members are alive: those whose number grows, on the monotonic clock of the reader. Clocks of two machines are never compared.</summary>
internal sealed class Liveness(TimeProvider timeProvider)
{
    private Dictionary<string, Progress> _members = new(StringComparer.Ordinal);

    /// <summary>Returns the members that are alive. One that is seen for the first time is.</summary>
    /// <param name="digests">The latest digest of each member.</param>
    /// <param name="patience">How long a number may stand still.</param>
    public List<FleetDigest> Of(IReadOnlyCollection<KeyValuePair<string, FleetDigest>> digests, TimeSpan patience)
    {
        var now = timeProvider.GetTimestamp();
        Dictionary<string, Progress> seen = new(StringComparer.Ordinal);
        List<FleetDigest> alive = [];
        foreach (var (memberId, digest) in digests)
        {
            var known = _members.GetValueOrDefault(memberId);
            var progress = known is not null && known.Number == digest.Number ? known : new(digest.Number, now);
            seen[memberId] = progress;
            if (timeProvider.GetElapsedTime(progress.Since, now) <= patience)
            {
                alive.Add(digest);
            }
        }

        _members = seen;
        return alive;
    }

    private sealed record Progress(long Number, long Since);
}
