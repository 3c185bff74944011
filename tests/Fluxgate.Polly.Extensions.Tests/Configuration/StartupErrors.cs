using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Fluxgate;

public sealed class StartupErrors
{
    private const string TwoErrors = "\"payments\": { \"ProbeLease\": \"soon\" }, \"orders\": { \"Windw\": \"Count(5)\" }, \"returns\": {}";

    private const string OfPayments =
        "Fluxgate:Breakers:payments:ProbeLease: 'soon' is invalid. Column 1: expected a duration such as 250ms, 1s or 2m, but found 'soon'.";

    // The container creates hosted services before it starts any: the breaker is requested before the settings are validated.
    [Fact]
    public async Task A_hosted_service_that_requests_one_breaker_gets_all_errors()
    {
        await using var file = new ConfigFile(ConfigFile.Json(TwoErrors), more: services => services.AddHostedService<Pays>());
        var error = await Assert.ThrowsAnyAsync<OptionsValidationException>(file.StartAsync);
        Assert.Collection(
            error.Message.Split(Environment.NewLine),
            line => Assert.Equal("The settings of circuit breakers have 2 errors:", line),
            line => Assert.Equal($"- {OfPayments}", line),
            line => Assert.StartsWith("- Fluxgate:Breakers:orders:Windw: unknown key 'Windw'", line)
        );
    }

    [Fact]
    public async Task A_valid_breaker_is_created_although_another_is_invalid()
    {
        await using var file = new ConfigFile(ConfigFile.Json(TwoErrors));
        Assert.Equal("returns", file.Breakers["returns"].Name);
        await Assert.ThrowsAnyAsync<OptionsValidationException>(file.StartAsync);
    }

    [Fact]
    public void A_single_error_is_the_whole_message()
    {
        using var services = DiContainer.Of(services =>
            services.AddFluxgate().AddBreaker("payments", settings => settings.ProbeLease = TimeSpan.Zero)
        );
        var error = Assert.ThrowsAny<OptionsValidationException>(() => services.Breakers()["payments"]);
        Assert.Equal("Breaker 'payments': ProbeLease must be greater than zero, but is 00:00:00.", error.Message);
    }

    [Fact]
    public void After_startup_each_breaker_reports_its_own_errors()
    {
        using var world = new ConfigurationWorld("");
        world.Become(TwoErrors);
        Assert.Equal(OfPayments, Assert.ThrowsAny<OptionsValidationException>(() => world.Breakers["payments"]).Message);
    }

    private sealed class Pays([FromKeyedServices("payments")] FluxgateBreaker breaker) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken)
        {
            breaker.Trip();
            return Task.CompletedTask;
        }
    }
}
