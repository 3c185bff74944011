using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>Steers the fleet of a member through its store.</summary>
/// <param name="member">The member, which knows what the store may have lost.</param>
/// <param name="wake">Lets the member look soon.</param>
/// <param name="log">The log.</param>
internal sealed class FleetControl(FleetMember member, Action wake, ILogger log) : IFleetControl
{
    private const int MostNames = 100;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    public async Task<FleetControlResult> IssueAsync(FleetOrder order, CancellationToken cancellationToken = default)
    {
        FleetOrderCheck.Check(order);
        var (revision, now, stored) = await ReadStoredAsync(cancellationToken).ConfigureAwait(false);
        if (order.ExpectedRevision is { } expected && expected != revision)
        {
            return new() { Current = new(revision, now, stored.All) };
        }

        // With what the member knows: the store may just have lost it.
        var known = stored.With(member.Knowledge.Directives.All).At(now);
        var next = Knowledge.NextRevision(Math.Max(revision, known.Revision));
        var directive = DirectiveOf(order, next, IssuedAt(known, now));
        var directives = known.With([directive]).At(now);
        if (!DirectivesCodec.TryWrite(directives, out var content))
        {
            throw new InvalidOperationException(
                $"The fleet '{member.Fleet}' has {RuleText.Number(known.All.Length)} directives of at most {RuleText.Number(MessageLimits.Directives)} and 64 KB. Release some: a release of * ends all."
            );
        }

        var audit = AuditCodec.Write(new(directive.IssuedAt, directive.By, "", directive));
        var isWritten = await CallAsync(
                (store, token) => store.TryWriteDirectivesAsync(new(revision, new(next, content), audit), token),
                cancellationToken
            )
            .ConfigureAwait(false);
        if (!isWritten)
        {
            return new() { Current = await ReadAsync(cancellationToken).ConfigureAwait(false) };
        }

        log.DirectiveIssued(member.Fleet, directive.ToString());
        await HintAsync(cancellationToken).ConfigureAwait(false);
        return new() { Directive = directive, Current = new(next, now, directives.All) };
    }

    public async Task<FleetPreview> PreviewAsync(FleetOrder order, CancellationToken cancellationToken = default)
    {
        FleetOrderCheck.Check(order);
        var directive = DirectiveOf(order, revision: 1, default);
        var digests = await CallAsync((store, token) => store.ReadDigestsAsync(token), cancellationToken).ConfigureAwait(false);
        int members = 0,
            circuits = 0,
            live = 0;
        long omitted = 0;
        SortedSet<string> names = new(StringComparer.Ordinal);
        foreach (var one in digests)
        {
            if (one.Age > member.Patience || DigestCodec.Read(one.Content.Span, out var digest) is not null)
            {
                continue;
            }

            live++;
            omitted = FleetCalls.Sum(omitted, digest.Omitted);
            var identity = new FleetIdentity(one.MemberId, digest.Zone);
            string[] touched = [.. digest.Circuits.Select(circuit => circuit.Name).Where(name => directive.Covers(name, identity))];
            circuits += touched.Length;
            members += touched.Length > 0 ? 1 : 0;
            names.UnionWith(touched);
        }

        return new(members, circuits, [.. names.Take(MostNames)], live, omitted);
    }

    public async Task<FleetDirectives> ReadAsync(CancellationToken cancellationToken = default)
    {
        var (revision, now, stored) = await ReadStoredAsync(cancellationToken).ConfigureAwait(false);
        return new(revision, now, stored.All);
    }

    public async Task<IReadOnlyList<FleetAuditEntry>> ReadAuditAsync(int count = 100, CancellationToken cancellationToken = default)
    {
        if (count is < 1 or > FleetLimits.MaxAuditEntries)
        {
            throw new ArgumentOutOfRangeException(
                nameof(count),
                count,
                $"count must be 1 to {RuleText.Number(FleetLimits.MaxAuditEntries)}, but is {RuleText.Number(count)}."
            );
        }

        var stored = await CallAsync((store, token) => store.ReadAuditAsync(count, token), cancellationToken).ConfigureAwait(false);
        List<FleetAuditEntry> entries = [];
        foreach (var one in stored)
        {
            if (AuditCodec.Read(one.Span, out var entry) is null)
            {
                entries.Add(entry);
            }
        }

        return entries;
    }

    private static FleetDirective DirectiveOf(FleetOrder order, long revision, DateTimeOffset issuedAt) =>
        new()
        {
            Revision = revision,
            Action = order.Action,
            Circuits = order.Circuits,
            Zone = order.Zone,
            Percentage = Math.Round(order.Percentage, 3),
            Reason = OneLine.Of(order.Reason),
            By = OneLine.Of(order.By),
            IssuedAt = issuedAt,
            ExpiresAt = issuedAt + order.Duration,
        };

    /// <summary>Returns the time of a new directive, which is later than that of all others although the store's clock may have gone back.</summary>
    private static DateTimeOffset IssuedAt(DirectiveSet known, DateTimeOffset now)
    {
        var issuedAt = DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds());
        return known.All.IsEmpty || known.All[^1].IssuedAt < issuedAt ? issuedAt : known.All[^1].IssuedAt.AddMilliseconds(1);
    }

    private async Task<(long Revision, DateTimeOffset StoreTime, DirectiveSet Directives)> ReadStoredAsync(
        CancellationToken cancellationToken
    )
    {
        var reading = await CallAsync((store, token) => store.ExchangeAsync(FleetExchange.ReadAll(), token), cancellationToken)
            .ConfigureAwait(false);
        var stored = reading.Directives.GetValueOrDefault();
        return DirectivesCodec.Read(stored.Content.Span, out var directives) is { } error
            ? throw new InvalidOperationException($"The directives of the fleet '{member.Fleet}' in its store cannot be read. {error}")
            : (stored.Revision, reading.StoreTime, directives);
    }

    private async Task HintAsync(CancellationToken cancellationToken)
    {
        wake();
        try
        {
            await CallAsync((store, token) => store.HintAsync(token), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The directive is written. Members that get no hint look at their interval.
        }
    }

    private Task<T> CallAsync<T>(Func<IFleetStore, CancellationToken, ValueTask<T>> call, CancellationToken cancellationToken) =>
        member.CallsOfUsers.CallAsync(call, Deadline, cancellationToken);

    private Task CallAsync(Func<IFleetStore, CancellationToken, ValueTask> call, CancellationToken cancellationToken) =>
        member.CallsOfUsers.CallAsync(call, Deadline, cancellationToken);
}
