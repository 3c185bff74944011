using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Fluxgate;

public sealed class AllMistakesAtOnce
{
    private const string TwoMistakes =
        "\"payments\": { \"ProbeLease\": \"soon\" }, \"orders\": { \"Windw\": \"Count(5)\" }, \"returns\": {}";

    private const string OfPayments =
        "Fluxgate:Breakers:payments:ProbeLease: 'soon' is invalid. Column 1: expected a duration such as 250ms, 1s or 2m, but found 'soon'.";

    // The container makes hosted services before it starts any: the breaker is asked for before the settings are validated.
    [Fact]
    public async Task A_hosted_service_that_asks_for_one_breaker_hears_what_is_wrong_with_all()
    {
        await using var file = new ConfigFile(ConfigFile.Json(TwoMistakes), more: services => services.AddHostedService<Pays>());
        var error = await Assert.ThrowsAnyAsync<OptionsValidationException>(file.StartAsync);
        Assert.Collection(
            error.Message.Split(Environment.NewLine),
            line => Assert.Equal("The settings of circuit breakers have 2 errors:", line),
            line => Assert.Equal($"- {OfPayments}", line),
            line => Assert.StartsWith("- Fluxgate:Breakers:orders:Windw: unknown key 'Windw'", line)
        );
    }

    [Fact]
    public async Task One_breaker_in_order_is_given_though_another_is_not()
    {
        await using var file = new ConfigFile(ConfigFile.Json(TwoMistakes));
        Assert.Equal("returns", file.Breakers["returns"].Name);
        await Assert.ThrowsAnyAsync<OptionsValidationException>(file.StartAsync);
    }

    [Fact]
    public void One_problem_is_the_whole_message()
    {
        using var services = DiContainer.Of(services =>
            services.AddFluxgate().AddBreaker("payments", settings => settings.ProbeLease = TimeSpan.Zero)
        );
        var error = Assert.ThrowsAny<OptionsValidationException>(() => services.Breakers()["payments"]);
        Assert.Equal("Breaker 'payments': ProbeLease must be greater than zero, but is 00:00:00.", error.Message);
    }

    [Fact]
    public void Once_started_each_breaker_tells_of_itself()
    {
        using var world = new ConfigWorld("");
        world.Become(TwoMistakes);
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
