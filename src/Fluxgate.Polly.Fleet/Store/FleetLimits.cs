using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;

namespace Fluxgate;

/// <summary>The limits of what a fleet keeps in its store. Members keep to them. Every store calls the checks, which throw, before it writes.</summary>
public static class FleetLimits
{
    /// <summary>The most bytes of the digest of one member: 64 KB.</summary>
    public const int MaxDigestBytes = 65_536;

    /// <summary>The most bytes of the summary: 64 KB.</summary>
    public const int MaxSummaryBytes = 65_536;

    /// <summary>The most bytes of the document with all directives: 64 KB.</summary>
    public const int MaxDirectivesBytes = 65_536;

    /// <summary>The most bytes of one audit entry.</summary>
    public const int MaxAuditBytes = 4_096;

    /// <summary>The number of audit entries that a store keeps. Older ones are dropped.</summary>
    public const int MaxAuditEntries = 1_000;

    /// <summary>The most UTF-16 characters of the name of a fleet, the identifier of a member, a resource and a holder.</summary>
    public const int MaxNameLength = 256;

    /// <summary>Gets the longest time to live of a digest or a lease: 365 days.</summary>
    public static TimeSpan MaxTimeToLive { get; } = TimeSpan.FromDays(365);

    /// <summary>The greatest revision: 2^53, up to which a double is exact.</summary>
    public const long MaxRevision = 1L << 53;

    /// <summary>Checks an exchange.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <exception cref="ArgumentException">A part is out of range.</exception>
    public static void Check(FleetExchange exchange)
    {
        ArgumentNullException.ThrowIfNull(exchange);
        if (exchange.Digest.Length > 0)
        {
            CheckName(exchange.MemberId, nameof(exchange.MemberId));
            CheckBytes(exchange.Digest.Length, MaxDigestBytes, nameof(exchange.Digest));
            CheckTimeToLive(exchange.TimeToLive, nameof(exchange.TimeToLive));
        }
    }

    /// <summary>Checks a lease.</summary>
    /// <param name="lease">The lease.</param>
    /// <exception cref="ArgumentException">A part is out of range.</exception>
    public static void Check(FleetLease lease)
    {
        ArgumentNullException.ThrowIfNull(lease);
        CheckName(lease.Resource, nameof(lease.Resource));
        CheckName(lease.Holder, nameof(lease.Holder));
        CheckTimeToLive(lease.TimeToLive, nameof(lease.TimeToLive));
        if (lease.Slots < 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(lease),
                lease.Slots,
                $"Slots must be at least 1, but is {RuleText.Number(lease.Slots)}."
            );
        }
    }

    /// <summary>Checks new directives and their audit entry.</summary>
    /// <param name="write">The directives and the audit entry.</param>
    /// <exception cref="ArgumentException">A part is out of range, or the new revision is not greater than the expected one.</exception>
    public static void Check(FleetDirectivesWrite write)
    {
        ArgumentNullException.ThrowIfNull(write);
        CheckRevision(write.Directives.Revision, write.ExpectedRevision + 1, "The revision of the directives");
        CheckBytes(write.Directives.Content.Length, MaxDirectivesBytes, nameof(write.Directives));
        CheckBytes(write.Audit.Length, MaxAuditBytes, nameof(write.Audit), least: 1);
    }

    /// <summary>Checks a summary.</summary>
    /// <param name="summary">The summary.</param>
    /// <exception cref="ArgumentException">The revision is not positive, or the content is too large.</exception>
    public static void CheckSummary(FleetDocument summary)
    {
        CheckRevision(summary.Revision, 1, "The revision of the summary");
        CheckBytes(summary.Content.Length, MaxSummaryBytes, nameof(summary));
    }

    /// <summary>Checks the name of a fleet, the identifier of a member, a resource or a holder.</summary>
    /// <param name="value">The name.</param>
    /// <param name="name">What it is, in the message.</param>
    /// <returns>The same name.</returns>
    /// <exception cref="ArgumentException">The name is <see langword="null"/>, empty or too long.</exception>
    public static string CheckName(string value, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        ArgumentNullException.ThrowIfNull(value, name);
        if (value.Length is 0 or > MaxNameLength)
        {
            throw new ArgumentException(
                $"{name} must have 1 to {MaxNameLength} characters, but has {RuleText.Number(value.Length)}.",
                name
            );
        }

        // Two names that differ in such halves only would be one name in UTF-8.
        return !IsWellFormed(value) ? throw new ArgumentException($"{name} must not contain half a surrogate pair.", name) : value;
    }

    private static bool IsWellFormed(string text)
    {
        var rest = text.AsSpan();
        while (Rune.DecodeFromUtf16(rest, out _, out var consumed) == OperationStatus.Done)
        {
            rest = rest[consumed..];
        }

        return rest.IsEmpty;
    }

    private static void CheckBytes(int length, int most, string name, int least = 0)
    {
        if (length < least || length > most)
        {
            throw new ArgumentException(
                $"{name} must have {(least > 0 ? $"{RuleText.Number(least)} to" : "at most")} {RuleText.Number(most)} bytes, but has {RuleText.Number(length)}.",
                name
            );
        }
    }

    private static void CheckRevision(long revision, long least, string name)
    {
        if (revision < least || revision < 1 || revision > MaxRevision)
        {
            throw new ArgumentException(
                $"{name} must be {RuleText.Number(least)} to {RuleText.Number(MaxRevision)}, but is {RuleText.Number(revision)}."
            );
        }
    }

    private static void CheckTimeToLive(TimeSpan value, string name)
    {
        if (value <= TimeSpan.Zero || value > MaxTimeToLive)
        {
            throw new ArgumentOutOfRangeException(
                name,
                value,
                $"{name} must be greater than zero and at most {RuleText.Duration(MaxTimeToLive)}, but is {RuleText.Duration(value)}."
            );
        }
    }
}
