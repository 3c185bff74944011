using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Fluxgate;

/// <summary>Checks that container work for one breaker does not iterate over all breakers (trap F22).</summary>
public sealed class ContainerScaling
{
    private const int Size = 100;

    public static TheoryData<string> Registrations => [.. Adding.Keys];

    private static Dictionary<string, Action<IServiceCollection, string>> Adding { get; } =
        new(StringComparer.Ordinal)
        {
            ["a breaker"] = (services, name) => services.AddFluxgate().AddBreaker(name),
            ["a breaker with settings"] = (services, name) => services.AddFluxgate(fluxgate => fluxgate.AddBreaker(name, _ => { })),
            ["a listener of a type"] = (services, name) => services.AddFluxgateListener<Received>(name),
            ["a listener of a factory"] = (services, name) => services.AddFluxgateListener(name, _ => new Received()),
            ["a listener"] = (services, name) => services.AddFluxgateListener(name, new Received()),
            ["a listener of all breakers"] = (services, _) => services.AddFluxgateListener(new Received()),
            ["a lambda"] = (services, name) => services.AddFluxgateListener(name, _ => { }),
            ["a health check"] = (services, name) => services.AddHealthChecks().AddFluxgateBreaker(name),
        };

    [Theory]
    [MemberData(nameof(Registrations))]
    public void Each_registration_reads_the_same_number_of_services(string what) =>
        Assert.InRange(
            Growth.OfCount(
                Size,
                count =>
                {
                    var services = new CountingServices();
                    for (var i = 0; i < count; i++)
                    {
                        Adding[what](services, $"breaker-{i}");
                    }

                    return services.Reads;
                }
            ),
            0,
            Growth.MostOfCount
        );

    [Fact]
    public void Finding_listeners_takes_the_same_time_for_each_breaker() =>
        Assert.InRange(
            Growth.OfTime(
                250,
                count =>
                {
                    string[] names = [.. Enumerable.Range(0, count).Select(number => $"breaker-{number}")];
                    var services = new ServiceCollection();
                    services.AddFluxgateListener<Received>();
                    Array.ForEach(names, name => services.AddFluxgateListener(name, new Received()));
                    var listeners = services.BuildServiceProvider().GetRequiredService<ContainerListeners>();
                    listeners.For("nobody");
                    return () => Array.ForEach(names, name => Assert.Equal(2, listeners.For(name).Count));
                }
            ),
            0,
            Growth.MostOfTime
        );

    [Fact]
    public void Startup_and_reload_take_the_same_time_for_each_breaker() =>
        Assert.InRange(
            Growth.OfTime(
                100,
                count =>
                {
                    var host = HostOf(count);
                    return () =>
                    {
                        host.Start();
                        ((IConfigurationRoot)host.Services.GetRequiredService<IConfiguration>()).Reload();
                        host.Dispose();
                    };
                }
            ),
            0,
            Growth.MostOfTime
        );

    [Fact]
    public void Disposing_takes_the_same_time_for_each_breaker() =>
        Assert.InRange(
            Growth.OfTime(
                100,
                count =>
                {
                    var services = new ServiceCollection();
                    var fluxgate = services.AddFluxgate();
                    services.AddFluxgateListener(new PrometheusListener(new()));
                    for (var i = 0; i < count; i++)
                    {
                        fluxgate.AddBreaker($"breaker-{i}");
                    }

                    var container = services.BuildServiceProvider();
                    container.Breakers().Start();
                    return container.Dispose;
                }
            ),
            0,
            Growth.MostOfTime
        );

    [Fact]
    public void Listeners_are_called_in_the_order_of_registration()
    {
        List<string> log = [];
        using var services = DiContainer.Of(services =>
        {
            services.AddFluxgate().AddBreaker("payments").AddBreaker("orders");
            services
                .AddFluxgateListener("payments", signal => log.Add("1"))
                .AddFluxgateListener(signal => log.Add("2"))
                .AddFluxgateListener("orders", signal => log.Add("3"))
                .AddFluxgateListener("PAYMENTS", signal => log.Add("4"))
                .AddFluxgateListener(signal => log.Add("5"));
        });

        services.Breakers()["payments"].Trip();
        Assert.Equal(["1", "2", "4", "5"], log);
        log.Clear();
        services.Breakers()["orders"].Trip();
        Assert.Equal(["2", "3", "5"], log);
    }

    /// <summary>Adds breakers in code and in the configuration, with metrics, a health check and a listener each.</summary>
    private static IHost HostOf(int count)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        string[] names = [.. Enumerable.Range(0, count).Select(number => $"breaker-{number}")];
        builder.Configuration.AddInMemoryCollection(
            names.Select(name => KeyValuePair.Create($"Fluxgate:Breakers:{name}:Tripper", (string?)"FailureStreak(3)"))
        );
        var fluxgate = builder.Services.AddFluxgate(builder.Configuration.GetSection("Fluxgate"));
        builder.Services.AddFluxgateListener(new PrometheusListener(new()));
        foreach (var name in names)
        {
            fluxgate.AddBreaker(name, settings => settings.BreakDuration = BreakDuration.Fixed(TimeSpan.FromSeconds(5)));
            builder.Services.AddFluxgateListener(name, _ => { });
            builder.Services.AddHealthChecks().AddFluxgateBreaker(name);
        }

        return builder.Build();
    }

    internal sealed class Received : DiListener;
}
