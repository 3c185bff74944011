using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Fluxgate;

/// <summary>Checks that work for one breaker does not iterate over all breakers.</summary>
public sealed class ConfigurationScaling
{
    // Each of these calls iterates over all keys of the provider.
    [Fact]
    public void Startup_and_reload_call_a_provider_equally_often_for_many_breakers() => Assert.Equal(CallsFor(3), CallsFor(300));

    [Fact]
    public void A_message_lists_few_of_many_names()
    {
        using var services = DiContainer.Of(services =>
        {
            var fluxgate = services.AddFluxgate();
            for (var number = 0; number < 1000; number++)
            {
                fluxgate.AddBreaker($"breaker-{number}");
            }
        });
        var error = Assert.Throws<KeyNotFoundException>(() => services.Breakers()["payments"]);
        Assert.Contains("'breaker-19' and 980 more", error.Message, StringComparison.Ordinal);
    }

    private static int CallsFor(int breakers)
    {
        var provider = new Counting(breakers);
        var root = new ConfigurationBuilder().Add(provider).Build();
        using var services = DiContainer.Of(services => services.AddFluxgate(root.GetSection("Fluxgate")));
        services.Breakers().Start();
        provider.Lease = 6;
        root.Reload();
        Assert.Equal(breakers, services.Breakers().Count());
        Assert.All(services.Breakers(), breaker => Assert.Equal(TimeSpan.FromSeconds(6), breaker.CopySettings().ProbeLease));
        return provider.Calls;
    }

    private sealed class Counting(int breakers) : ConfigurationProvider, IConfigurationSource
    {
        public int Lease { get; set; } = 5;

        public int Calls { get; private set; }

        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

        public override void Load() =>
            Data = Enumerable
                .Range(0, breakers)
                .ToDictionary(
                    number => $"Fluxgate:Breakers:b{number}:ProbeLease",
                    _ => (string?)$"{Lease}s",
                    StringComparer.OrdinalIgnoreCase
                );

        public override IEnumerable<string> GetChildKeys(IEnumerable<string> earlierKeys, string? parentPath)
        {
            Calls++;
            return base.GetChildKeys(earlierKeys, parentPath);
        }
    }
}
