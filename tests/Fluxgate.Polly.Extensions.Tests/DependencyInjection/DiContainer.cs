using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Fluxgate;

/// <summary>Containers with the validation of the development environment.</summary>
internal static class DiContainer
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    public static ServiceProvider Of(Action<IServiceCollection> add)
    {
        var services = new ServiceCollection();
        add(services);
        return services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
    }

    public static FluxgateBreakers Breakers(this IServiceProvider services) => services.GetRequiredService<FluxgateBreakers>();

    /// <summary>Starts the lifecycle services, as a host does first.</summary>
    public static async Task StartAsync(this IServiceProvider services)
    {
        foreach (var hosted in services.GetServices<IHostedService>().OfType<IHostedLifecycleService>())
        {
            await hosted.StartingAsync(CancellationToken.None);
        }
    }

    public static void Fail(this FluxgateBreaker breaker, int calls = 1)
    {
        for (var i = 0; i < calls; i++)
        {
            breaker.Settle(breaker.Admit(), Verdict.Failure);
        }
    }
}
