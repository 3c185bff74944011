namespace Fluxgate;

/// <summary>
/// The scripts of the store. They take the time from the server, and their parameters are texts and bytes. Numbers are formatted with all digits: a number of Lua is a double, which
/// is exact up to 2^53, but its usual text has 14 digits.
/// </summary>
internal static class RedisScripts
{
    private const string Now = """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)

        """;

    /// <summary>Returns the revision of a document as text. What is no revision counts as no document, so that the next writer replaces it.</summary>
    private const string Revision = """
        local function revision(key)
          local text = redis.call('HGET', key, 'revision')
          if text and #text <= 16 and string.find(text, '^[1-9]%d*$') and tonumber(text) <= 9007199254740992 then
            return text
          end
          return '0'
        end

        """;

    /// <summary>Writes a digest. KEYS: digests. ARGV: member, digest, time to live in milliseconds.</summary>
    public static RedisScript WriteDigest() =>
        new(
            Now
                + """
                redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f %.0f ', now, now + ARGV[3]) .. ARGV[2])
                if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[3]) then
                  redis.call('PEXPIRE', KEYS[1], ARGV[3])
                end
                return 1
                """
        );

    /// <summary>
    /// Returns the time, and the documents that are new to the reader. KEYS: summary, directives. ARGV: the revisions that the reader knows, and the most bytes of a document. One
    /// that is larger is cut, and then refused by its reader.
    /// </summary>
    public static RedisScript Read() =>
        new(
            Revision
                + """
                local time = redis.call('TIME')
                local reading = { time[1], time[2] }
                for i = 1, 2 do
                  local stored = revision(KEYS[i])
                  local content = false
                  if stored ~= ARGV[i] and stored ~= '0' then
                    content = string.sub(redis.call('HGET', KEYS[i], 'content') or '', 1, ARGV[3] + 1)
                  end
                  reading[#reading + 1] = stored
                  reading[#reading + 1] = content
                end
                return reading
                """,
            onlyReads: true
        );

    /// <summary>
    /// Returns member, age and digest of each member, and removes those whose time to live has passed. KEYS: digests. ARGV: the most bytes of a digest. What this store has not
    /// written is returned as it is, and refused by its reader.
    /// </summary>
    public static RedisScript ReadDigests() =>
        new(
            Now
                + """
                local all = redis.call('HGETALL', KEYS[1])
                local digests = {}
                for i = 1, #all, 2 do
                  local written, expires, start = string.match(all[i + 1], '^(%d+) (%d+) ()')
                  if expires and tonumber(expires) <= now then
                    redis.call('HDEL', KEYS[1], all[i])
                  else
                    start = start or 1
                    digests[#digests + 1] = all[i]
                    digests[#digests + 1] = string.format('%.0f', math.max(0, now - (written or now)))
                    digests[#digests + 1] = string.sub(all[i + 1], start, start + ARGV[1])
                  end
                end
                return digests
                """
        );

    /// <summary>Writes the summary. KEYS: summary. ARGV: revision, content, time to live in milliseconds.</summary>
    public static RedisScript WriteSummary() =>
        new(
            """
            redis.call('HSET', KEYS[1], 'revision', ARGV[1], 'content', ARGV[2])
            redis.call('PEXPIRE', KEYS[1], ARGV[3])
            return 1
            """
        );

    /// <summary>
    /// Writes directives and an audit entry, both or neither. KEYS: directives, audit. ARGV: expected revision, new revision, content, audit entry, and how many entries are kept. The
    /// first commands fail if a key is of another type, before anything is written.
    /// </summary>
    public static RedisScript WriteDirectives() =>
        new(
            Revision
                + """
                if revision(KEYS[1]) ~= ARGV[1] then
                  return 0
                end
                redis.call('LTRIM', KEYS[2], 0, ARGV[5] - 2)
                redis.call('LPUSH', KEYS[2], ARGV[4])
                redis.call('HSET', KEYS[1], 'revision', ARGV[2], 'content', ARGV[3])
                return 1
                """
        );

    /// <summary>Takes a slot. KEYS: the lease. ARGV: holder, slots, time to live in milliseconds.</summary>
    public static RedisScript TakeLease() =>
        new(
            Now
                + """
                redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))
                if not redis.call('ZSCORE', KEYS[1], ARGV[1]) and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then
                  return 0
                end
                redis.call('ZADD', KEYS[1], string.format('%.0f', now + ARGV[3]), ARGV[1])
                if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[3]) then
                  redis.call('PEXPIRE', KEYS[1], ARGV[3])
                end
                return 1
                """
        );
}
