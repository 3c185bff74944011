using System.Collections.Immutable;

namespace Fluxgate;

/// <summary>
/// All directives that a member knows, the oldest first, in the order of the store's clock. Immutable. Two sets merge into one without losing a directive, in any order: that
/// is how the fleet recovers what its store lost. A release is a directive that stays, so that what it ended does not come back.
/// </summary>
internal sealed class DirectiveSet
{
    /// <summary>How long a release or a reset is kept when nothing older is left that it ends: a store that is older than that brings back what it ended.</summary>
    public static readonly TimeSpan TombstonesKept = TimeSpan.FromHours(24);

    public static readonly DirectiveSet Empty = new([]);

    private DirectiveSet(ImmutableArray<FleetDirective> all) => All = all;

    public ImmutableArray<FleetDirective> All { get; }

    /// <summary>Gets the highest revision; 0 if there is no directive.</summary>
    public long Revision => All.IsEmpty ? 0 : All.Max(directive => directive.Revision);

    public static DirectiveSet Of(IEnumerable<FleetDirective> directives) =>
        new([.. directives.DistinctBy(directive => directive.Place).OrderBy(directive => directive.Place)]);

    public DirectiveSet With(IEnumerable<FleetDirective> more) => Of(All.Concat(more));

    /// <summary>Returns the set without the directives that can have no effect any more. Every member drops the same ones, so that none offers them again.</summary>
    /// <param name="now">The time on the store's clock.</param>
    public DirectiveSet At(DateTimeOffset now)
    {
        List<FleetDirective> kept = [];
        foreach (var directive in All)
        {
            if (directive.ExpiresAt <= now)
            {
                continue;
            }

            kept.RemoveAll(older =>
                directive.CoversAllOf(older) && (directive.ExpiresAt is null || older.ExpiresAt <= directive.ExpiresAt)
            );
            if (kept.Count > 0 || !directive.IsTombstone || now - directive.IssuedAt < TombstonesKept)
            {
                kept.Add(directive);
            }
        }

        return kept.Count == All.Length ? this : new([.. kept]);
    }

    /// <summary>Returns the set without its oldest directives, so that a store and all readers accept it.</summary>
    public DirectiveSet ThatFits()
    {
        var set = this;
        while (!DirectivesCodec.TryWrite(set, out _))
        {
            set = new(set.All.RemoveAt(0));
        }

        return set;
    }

    /// <summary>Returns whether this set has a directive that another set lacks.</summary>
    public bool HasMoreThan(DirectiveSet other)
    {
        var known = other.All.Select(directive => directive.Place).ToHashSet();
        return All.Any(directive => !known.Contains(directive.Place));
    }

    /// <summary>Returns the directive that counts for a circuit, or <see langword="null"/> if none covers it.</summary>
    public FleetDirective? Of(string circuit, FleetIdentity member, DateTimeOffset now)
    {
        for (var i = All.Length - 1; i >= 0; i--)
        {
            if (All[i].IsKnown && !(All[i].ExpiresAt <= now) && All[i].Covers(circuit, member))
            {
                return All[i];
            }
        }

        return null;
    }

    /// <summary>Returns when the next directive ends, on the store's clock. It may have passed already.</summary>
    public DateTimeOffset? NextExpiry() => All.Min(directive => directive.ExpiresAt);
}
