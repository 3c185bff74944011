namespace Fluxgate;

/// <summary>What a member does that leads: it reads all digests and summarizes those of the live members.</summary>
internal sealed class Leadership(string memberId, TimeProvider timeProvider)
{
    public const string Resource = "leader";

    private readonly Liveness _liveness = new(timeProvider);

    /// <summary>Summarizes digests.</summary>
    /// <param name="stored">The digests in the store.</param>
    /// <param name="patience">How long a member's number may stand still.</param>
    /// <param name="isRead">Receives the error of each digest and its member, and returns whether the digest could be read.</param>
    public FleetSummary Summarize(IReadOnlyCollection<FleetStoredDigest> stored, TimeSpan patience, Func<string?, string, bool> isRead)
    {
        List<KeyValuePair<string, FleetDigest>> digests = [];
        foreach (var one in stored)
        {
            if (isRead(DigestCodec.Read(one.Content.Span, out var digest), one.MemberId))
            {
                digests.Add(new(one.MemberId, digest));
            }
        }

        return Summarizer.Summarize(memberId, _liveness.Of(digests, patience), stored.Count - digests.Count);
    }
}
