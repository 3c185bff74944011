using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace Fluxgate;

/// <summary>A Lua script, which runs as one step on the server. It is sent by its hash, and as a whole only to a server that does not have it yet.</summary>
internal sealed class RedisScript
{
    // A replica would refuse to write, and return what it had some time ago.
    private const CommandFlags Flags = CommandFlags.DemandMaster | CommandFlags.NoScriptCache;

    private readonly string _text;
    private readonly byte[] _hash;
    private readonly bool _onlyReads;
    private volatile bool _lacksReadOnlyScripts;

    /// <summary>Creates a script.</summary>
    /// <param name="text">The script.</param>
    /// <param name="onlyReads">Whether the right to read its keys is enough to run it. That needs Redis 7.0; older servers take it as any other script.</param>
    [SuppressMessage("Security", "CA5350", Justification = "Redis names scripts by this hash.")]
    public RedisScript(string text, bool onlyReads = false)
    {
        _text = text;
        _hash = SHA1.HashData(Encoding.UTF8.GetBytes(text));
        _onlyReads = onlyReads;
    }

    public async Task<RedisResult> RunAsync(IDatabase database, RedisKey[] keys, RedisValue[] values)
    {
        if (!_onlyReads || _lacksReadOnlyScripts)
        {
            try
            {
                return await database.ScriptEvaluateAsync(_hash, keys, values, Flags).ConfigureAwait(false);
            }
            catch (RedisServerException error) when (IsMissing(error))
            {
                return await database.ScriptEvaluateAsync(_text, keys, values, Flags).ConfigureAwait(false);
            }
        }

        try
        {
            return await database.ScriptEvaluateReadOnlyAsync(_hash, keys, values, Flags).ConfigureAwait(false);
        }
        catch (RedisServerException error) when (IsMissing(error))
        {
            return await database.ScriptEvaluateReadOnlyAsync(_text, keys, values, Flags).ConfigureAwait(false);
        }
        catch (RedisServerException error) when (error.Message.Contains("unknown command", StringComparison.OrdinalIgnoreCase))
        {
            _lacksReadOnlyScripts = true;
            return await RunAsync(database, keys, values).ConfigureAwait(false);
        }
    }

    private static bool IsMissing(RedisServerException error) => error.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal);
}
