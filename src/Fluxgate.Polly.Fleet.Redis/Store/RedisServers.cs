using System.Globalization;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Fluxgate;

/// <summary>Checks the server of a fleet by INFO. Where the server refuses it, nothing is known, and nothing is reported.</summary>
internal sealed class RedisServers(string fleet, RedisKeys keys, ILogger log)
{
    // In a script, because the library allows the command itself to administrators only.
    private readonly RedisScript _info = new("return redis.call('INFO')", onlyReads: true);
    private readonly HashSet<string> _warned = new(StringComparer.Ordinal);

    /// <summary>Checks the master of the fleet's keys, and logs that it may evict them.</summary>
    /// <returns>What is wrong with the server, or <see langword="null"/>.</returns>
    public async Task<string?> CheckAsync(IDatabase database)
    {
        var info = $"{await _info.RunAsync(database, [keys.Digests], []).ConfigureAwait(false)}";
        if (FieldOf(info, "maxmemory_policy") is { } policy and not "noeviction")
        {
            Warn(policy);
        }

        return ErrorOf(FieldOf(info, "redis_version"));
    }

    private static string? ErrorOf(string? version) =>
        version is not null && int.TryParse(version.Split('.')[0], CultureInfo.InvariantCulture, out var major) && major < 6
            ? $"Redis must be 6.0 or newer, but is {OneLine.Excerpt(version)}."
            : null;

    private static string? FieldOf(string info, string name) =>
        info.Split('\n').FirstOrDefault(line => line.StartsWith($"{name}:", StringComparison.Ordinal))?[(name.Length + 1)..].Trim();

    private void Warn(string policy)
    {
        lock (_warned)
        {
            if (!_warned.Add(policy))
            {
                return;
            }
        }

        // Only the directives and their audit have no time to live.
        var lost = policy.StartsWith("volatile", StringComparison.Ordinal)
            ? "digests and leases"
            : "directives, their audit, digests and leases";
        log.MayEvict(fleet, OneLine.Excerpt(policy), lost);
    }
}
