using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Fluxgate;

/// <summary>Checks that calls that a stopping host cancels are not failures of their dependencies.</summary>
public sealed class StoppingHosts
{
    [Fact]
    public async Task A_host_that_stops_counts_no_failures()
    {
        var time = new VirtualTime();
        using var host = new HostBuilder()
            .ConfigureServices(services => services.AddSingleton<TimeProvider>(time).AddFluxgate().AddBreaker("payments"))
            .Build();
        await host.StartAsync();
        var breaker = host.Services.GetRequiredService<FluxgateBreakers>()["payments"];
        var (before, during) = (breaker.Admit(), breaker.Admit());
        time.Advance(TimeSpan.FromSeconds(5));
        before.SettleAbandoned();

        // Registered later, and so called before callbacks that were registered earlier.
        host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(() => during.SettleAbandoned());
        await host.StopAsync();

        Assert.Equal((1, 1), (breaker.Snapshot().AbandonedFailures, breaker.Snapshot().AbandonedIgnored));
    }
}
