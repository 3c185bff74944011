using Fluxgate;
using Polly;

namespace PrometheusNet;

/// <summary>Adds the supplier with a breaker in a named pipeline, and its metrics.</summary>
internal static class SupplierBreaker
{
    public const string Name = "supplier";

    public static IServiceCollection AddSupplier(this IServiceCollection services)
    {
        services
            .AddFluxgate()
            .AddBreaker(
                Name,
                settings =>
                {
                    settings.Tripper = Tripper.FailureStreak(3);
                    settings.BreakDuration = BreakDuration.Fixed(TimeSpan.FromSeconds(2));
                    settings.Permit = Permit.MaxConcurrent(1);
                    settings.Recovery = Recovery.AfterProbes(1);
                }
            );
        services.AddFluxgateListener<PrometheusNetListener>(_ => new()).AddFluxgateListener<OpenCounter>();
        return services
            .AddSingleton<Supplier>()
            .AddResiliencePipeline(Name, (pipeline, context) => pipeline.AddFluxgateBreaker(context, Name));
    }
}
