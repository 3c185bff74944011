using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fluxgate;

/// <summary>A started container with the breakers <c>payments</c> and <c>orders</c> (which stays open until reset), on a virtual clock.</summary>
internal sealed class HealthWorld : IDisposable
{
    private readonly ServiceProvider _services;

    public HealthWorld(Action<IHealthChecksBuilder> add)
    {
        _services = DiContainer.Of(services =>
        {
            services.AddLogging();
            services.AddSingleton<TimeProvider>(Time);
            services
                .AddFluxgate()
                .AddBreaker("payments", settings => settings.Tripper = Tripper.FailureStreak(3))
                .AddBreaker("orders", settings => settings.BreakDuration = BreakDuration.UntilReset);
            add(services.AddHealthChecks());
        });
        Breakers.Start();
    }

    public VirtualTime Time { get; } = new();

    public FluxgateBreakers Breakers => _services.Breakers();

    public Task<HealthReport> CheckAsync() =>
        _services.GetRequiredService<HealthCheckService>().CheckHealthAsync().WaitAsync(DiContainer.Deadline);

    public void Put(string name, BreakerState state)
    {
        var breaker = Breakers[name];
        _ = state switch
        {
            BreakerState.Closed => breaker.Reset(),
            BreakerState.Open => breaker.Trip(),
            BreakerState.HalfOpen => breaker.Probe(),
            BreakerState.MetricsOnly => breaker.MetricsOnly(),
            BreakerState.Disabled => breaker.Disable(),
            _ => breaker.ForceOpen(),
        };
    }

    public void Dispose() => _services.Dispose();
}
