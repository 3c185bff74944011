using System.Globalization;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Fluxgate;

/// <summary>Checks the servers of a connection by INFO. Where a server refuses it, nothing is known, and nothing is reported.</summary>
internal sealed class RedisServers(string fleet, ILogger log)
{
    private readonly HashSet<string> _warned = new(StringComparer.Ordinal);

    /// <summary>Checks the masters that are connected.</summary>
    /// <exception cref="NotSupportedException">A server is too old.</exception>
    public async Task CheckAsync(IConnectionMultiplexer connection)
    {
        foreach (var server in connection.GetServers().Where(server => server is { IsConnected: true, IsReplica: false }))
        {
            string info;
            try
            {
                // Not by the library's method, which a connection allows to administrators only.
                info = (string?)await server.ExecuteAsync("INFO").ConfigureAwait(false) ?? "";
            }
            catch (Exception error) when (error is RedisException or RedisTimeoutException or RedisCommandException)
            {
                continue;
            }

            var name = $"{server.EndPoint}";
            if (ErrorOf(name, FieldOf(info, "redis_version")) is { } old)
            {
                throw new NotSupportedException(old);
            }

            WarnOf(name, FieldOf(info, "maxmemory_policy"));
        }
    }

    /// <summary>Returns what is wrong with the version of a server, or <see langword="null"/> if it is new enough or unknown.</summary>
    internal static string? ErrorOf(string server, string? version) =>
        version is not null
        && int.TryParse(
            version.AsSpan(0, version.IndexOf('.') is >= 0 and var dot ? dot : version.Length),
            CultureInfo.InvariantCulture,
            out var major
        )
        && major < 6
            ? $"Redis must be 6.0 or newer, but {server} is {version}."
            : null;

    private static string? FieldOf(string info, string name) =>
        info.Split('\n').FirstOrDefault(line => line.StartsWith($"{name}:", StringComparison.Ordinal))?[(name.Length + 1)..].Trim();

    private void WarnOf(string server, string? policy)
    {
        if (policy is null or "" or "noeviction")
        {
            return;
        }

        lock (_warned)
        {
            if (!_warned.Add($"{server} {policy}"))
            {
                return;
            }
        }

        // Only the directives and their audit have no time to live.
        var lost = policy.StartsWith("volatile", StringComparison.Ordinal)
            ? "digests and leases"
            : "directives, their audit, digests and leases";
        log.MayEvict(server, fleet, policy, lost);
    }
}
