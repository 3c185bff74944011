using Fluxgate;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Provides extension methods that keep a fleet in Redis 6.0 or newer: stand-alone, Sentinel or Cluster.</summary>
public static class FluxgateFleetRedisExtensions
{
    /// <summary>Keeps the fleet in Redis, on a connection of its own, which the container closes. The connection opens when the host starts; the host also starts if Redis is unavailable.</summary>
    /// <param name="fleet">The options of the fleet.</param>
    /// <param name="configuration">
    /// The connection string of StackExchange.Redis, such as <c>redis:6379,user=orders,password=…,ssl=true</c>. Several servers of a cluster are separated by commas; with
    /// <c>serviceName=…</c> the servers are Sentinels. <c>abortConnect</c> has no effect.
    /// </param>
    /// <returns>The same options.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="fleet"/> is <see langword="null"/>.</exception>
    /// <exception cref="OptionsValidationException">The connection string is <see langword="null"/>, empty or invalid. The message contains no value of it.</exception>
    public static FleetOptions UseRedis(this FleetOptions fleet, string? configuration)
    {
        ArgumentNullException.ThrowIfNull(fleet);
        return RedisConfiguration.Read(configuration, out var options) is { } error
            ? throw Invalid(
                $"Fleet: the connection string of Redis {error}. Expected host:port,option=value,…, such as redis:6379,ssl=true."
            )
            : UseOwn(fleet, options);
    }

    /// <summary>Keeps the fleet in Redis as <see cref="UseRedis(FleetOptions, string?)"/> does, with options as an object.</summary>
    /// <param name="fleet">The options of the fleet.</param>
    /// <param name="configuration">
    /// The options, which are copied. The store sets <c>AbortOnConnectFail</c>, <c>BacklogPolicy</c>, <c>ReconnectRetryPolicy</c>, <c>TieBreaker</c> and <c>ConfigurationChannel</c>.
    /// </param>
    /// <returns>The same options.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="OptionsValidationException">The options have no server.</exception>
    public static FleetOptions UseRedis(this FleetOptions fleet, ConfigurationOptions configuration)
    {
        ArgumentNullException.ThrowIfNull(fleet);
        ArgumentNullException.ThrowIfNull(configuration);
        return RedisConfiguration.ErrorOf(configuration) is { } error
            ? throw Invalid($"Fleet: the configuration of Redis {error}. Add one to EndPoints.")
            : UseOwn(fleet, configuration);
    }

    /// <summary>Keeps the fleet in Redis, on a connection that the application has already.</summary>
    /// <param name="fleet">The options of the fleet.</param>
    /// <param name="connection">The connection. The fleet does not close it.</param>
    /// <returns>The same options.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static FleetOptions UseRedis(this FleetOptions fleet, IConnectionMultiplexer connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return UseRedis(fleet, _ => connection);
    }

    /// <summary>Keeps the fleet in Redis, on a connection of the container.</summary>
    /// <param name="fleet">The options of the fleet.</param>
    /// <param name="connection">
    /// Returns the connection, such as <c>services => services.GetRequiredKeyedService&lt;IConnectionMultiplexer&gt;("redis")</c>. It is called in the background, and again after it has
    /// thrown. The fleet does not close the connection.
    /// </param>
    /// <returns>The same options.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static FleetOptions UseRedis(this FleetOptions fleet, Func<IServiceProvider, IConnectionMultiplexer> connection)
    {
        ArgumentNullException.ThrowIfNull(fleet);
        ArgumentNullException.ThrowIfNull(connection);
        return fleet.UseStore((services, options) => Store(services, options, () => Task.FromResult(connection(services)), isOwned: false));
    }

    private static FleetOptions UseOwn(FleetOptions fleet, ConfigurationOptions configuration)
    {
        var prepared = RedisConfiguration.Prepare(configuration);
        return fleet.UseStore(
            (services, options) =>
                Store(
                    services,
                    options,
                    async () => await ConnectionMultiplexer.ConnectAsync(prepared).ConfigureAwait(false),
                    isOwned: true
                )
        );
    }

    private static RedisFleetStore Store(
        IServiceProvider services,
        FleetOptions options,
        Func<Task<IConnectionMultiplexer>> open,
        bool isOwned
    )
    {
        var log = services.GetService<ILoggerFactory>()?.CreateLogger("Fluxgate.Fleet") ?? NullLogger.Instance;
        var keys = new RedisKeys(options.Name);
        var hints = new RedisHints();
        return new(new(open, isOwned, options.Name, keys, hints, log), keys, hints);
    }

    private static OptionsValidationException Invalid(string error) => new("Fleet", typeof(FleetOptions), [error]);
}
