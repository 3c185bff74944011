namespace Fluxgate;

/// <summary>The directives that a member knows. What the store returns is merged into it, so that nothing is forgotten that the store lost.</summary>
internal sealed class Knowledge
{
    private volatile DirectiveSet _directives = DirectiveSet.Empty;

    public DirectiveSet Directives => _directives;

    /// <summary>Gets the revision that the store had at the last exchange, which is lower than that of <see cref="Directives"/> after a flush. -1 before the first one: the store then returns what it has.</summary>
    public long StoreRevision { get; private set; } = -1;

    /// <summary>Gets whether the store lacks directives that the member knows.</summary>
    public bool IsAhead { get; private set; }

    /// <summary>Adds directives that are known from elsewhere than the store.</summary>
    public void Add(DirectiveSet directives, DateTimeOffset now) => _directives = With(directives, now);

    /// <summary>Merges what the store has.</summary>
    /// <returns>Whether a directive is new.</returns>
    public bool Receive(long revision, DirectiveSet stored, DateTimeOffset now)
    {
        var before = _directives;
        var merged = With(stored, now);
        StoreRevision = revision;
        IsAhead = merged.HasMoreThan(stored);
        _directives = merged;
        return merged.HasMoreThan(before);
    }

    /// <summary>Records a revision whose directives could not be read: they are not asked for again, and not overwritten.</summary>
    public void ReceiveUnreadable(long revision) => (StoreRevision, IsAhead) = (revision, false);

    /// <summary>Records what this process wrote itself.</summary>
    public void Wrote(long revision, DirectiveSet written, DateTimeOffset now)
    {
        (StoreRevision, IsAhead) = (revision, false);
        Add(written, now);
    }

    /// <summary>Drops the directives that have ended.</summary>
    public void Tidy(DateTimeOffset now) => _directives = _directives.At(now);

    // Histories that forked may be too long together, and a store may return others each time.
    private DirectiveSet With(DirectiveSet more, DateTimeOffset now) => _directives.With(more.All).At(now).ThatFits();

    /// <summary>Returns the revision for a new version of the directives. Histories that fork, such as those of two replicas, get different ones.</summary>
    public static long NextRevision(long after) => after + 1 + Random.Shared.Next(1_024);
}
