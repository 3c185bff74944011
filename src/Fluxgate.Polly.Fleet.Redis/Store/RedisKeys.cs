using System.Globalization;
using System.Text;
using StackExchange.Redis;

namespace Fluxgate;

/// <summary>
/// The keys of one fleet. All have the same hash tag, so that they are in one slot of a cluster. The name of the fleet is escaped: no brace of it ends the tag, and no character of
/// it is special in the patterns of an ACL.
/// </summary>
internal sealed class RedisKeys
{
    private readonly string _prefix;

    public RedisKeys(string fleet)
    {
        _prefix = $"fluxgate:{{{Escape(fleet)}}}:";
        Digests = _prefix + "digests";
        Summary = _prefix + "summary";
        Directives = _prefix + "directives";
        Audit = _prefix + "audit";
        Hints = RedisChannel.Literal(_prefix + "hints");
    }

    /// <summary>Gets the hash of all digests by member: when it was written, when it expires, and the digest.</summary>
    public RedisKey Digests { get; }

    /// <summary>Gets the hash with the revision and the content of the summary.</summary>
    public RedisKey Summary { get; }

    /// <summary>Gets the hash with the revision and the content of the directives.</summary>
    public RedisKey Directives { get; }

    /// <summary>Gets the list of audit entries, the newest first.</summary>
    public RedisKey Audit { get; }

    /// <summary>Gets the channel of hints.</summary>
    public RedisChannel Hints { get; }

    /// <summary>Returns the sorted set of the holders of a resource, by the end of their time to live.</summary>
    public RedisKey Lease(string resource) => $"{_prefix}lease:{resource}";

    private static string Escape(string name)
    {
        var escaped = new StringBuilder(name.Length);
        foreach (var one in Encoding.UTF8.GetBytes(name))
        {
            if (char.IsAsciiLetterOrDigit((char)one) || one is (byte)'-' or (byte)'_' or (byte)'.')
            {
                escaped.Append((char)one);
            }
            else
            {
                escaped.Append(CultureInfo.InvariantCulture, $"%{one:X2}");
            }
        }

        return escaped.ToString();
    }
}
