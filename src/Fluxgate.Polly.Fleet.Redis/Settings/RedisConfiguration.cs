using StackExchange.Redis;

namespace Fluxgate;

/// <summary>
/// Reads connection strings and sets what the store depends on. No message contains a value or an unknown word, which may be a part of a password.
/// </summary>
internal static class RedisConfiguration
{
    /// <summary>The options that people use, for hints in messages.</summary>
    private static readonly string[] Known =
    [
        "abortConnect",
        "allowAdmin",
        "asyncTimeout",
        "channelPrefix",
        "checkCertificateRevocation",
        "configChannel",
        "configCheckSeconds",
        "connectRetry",
        "connectTimeout",
        "defaultDatabase",
        "highIntegrity",
        "keepAlive",
        "name",
        "password",
        "protocol",
        "proxy",
        "resolveDns",
        "serviceName",
        "setlib",
        "ssl",
        "sslHost",
        "sslProtocols",
        "syncTimeout",
        "tiebreaker",
        "tunnel",
        "user",
        "version",
    ];

    /// <summary>Reads a connection string.</summary>
    /// <param name="text">The connection string.</param>
    /// <param name="options">The options, if there is no error.</param>
    /// <returns>What is wrong with it, or <see langword="null"/>.</returns>
    public static string? Read(string? text, out ConfigurationOptions options)
    {
        options = new();
        if (string.IsNullOrWhiteSpace(text))
        {
            return "is empty";
        }

        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i].Length > 0 && ErrorOfPart(parts[i]) is { } error)
            {
                return $"is invalid at part {i + 1} of {parts.Length}: {error}";
            }
        }

        options = ConfigurationOptions.Parse(text);
        return ErrorOf(options);
    }

    /// <summary>Returns what is wrong with options, or <see langword="null"/>.</summary>
    public static string? ErrorOf(ConfigurationOptions options) => options.EndPoints.Count == 0 ? "has no server" : null;

    /// <summary>Returns a copy of options with what the store depends on.</summary>
    public static ConfigurationOptions Prepare(ConfigurationOptions options)
    {
        var prepared = options.Clone();
        // A process starts and runs without Redis, and a command fails at once instead of waiting for the connection.
        prepared.AbortOnConnectFail = false;
        prepared.BacklogPolicy = BacklogPolicy.FailFast;
        prepared.ReconnectRetryPolicy = new SpreadReconnects(Random.Shared.Next());
        prepared.ClientName ??= "fluxgate-fleet";
        // Neither is needed, and an ACL need not allow them.
        prepared.TieBreaker = "";
        prepared.ConfigurationChannel = "";
        return prepared;
    }

    private static string? ErrorOfPart(string part)
    {
        var equals = part.IndexOf('=');
        if (equals < 0)
        {
            return part.Contains("://", StringComparison.Ordinal) || IsServer(part)
                ? part.Contains("://", StringComparison.Ordinal)
                    ? "an address with :// is not supported. Expected host:port, and options such as user=… and password=…"
                    : null
                : "expected host:port with a port of 0 to 65535";
        }

        var key = part[..equals].Trim();
        if (!key.StartsWith('$') && !Known.Contains(key, StringComparer.OrdinalIgnoreCase))
        {
            return Closest.To(key, Known) is { } closest
                ? $"unknown option. Did you mean {closest}?"
                : $"unknown option. Known options: {string.Join(", ", Known)}. A password must not contain a comma here: use ConfigurationOptions";
        }

        try
        {
            ConfigurationOptions.Parse(part);
            return null;
        }
        catch (Exception)
        {
            return $"the value of {key} is invalid";
        }
    }

    private static bool IsServer(string part)
    {
        try
        {
            return ConfigurationOptions.Parse(part).EndPoints.Count == 1;
        }
        catch (Exception)
        {
            return false;
        }
    }
}
