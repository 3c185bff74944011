using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fluxgate;

public sealed class MisspelledNames
{
    [Fact]
    public async Task A_name_of_the_file_similar_to_one_of_code_is_logged_at_startup()
    {
        await using var file = new ConfigFile(
            ConfigFile.Json("\"payment\": {}, \"orders\": {}, \"shipping\": {}"),
            more: services => services.AddFluxgate().AddBreaker("payments").AddBreaker("orders")
        );
        await file.StartAsync();
        Assert.StartsWith(
            "The configuration defines the circuit breaker 'payment', and code defines 'payments'.",
            Assert.Single(file.Log.At(LogLevel.Warning)),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("Payments", "payments")] // the same whatever its case
    [InlineData("eu", "us")] // short names are all near each other
    public void Equal_or_short_names_are_not_reported_as_misspelled(string configured, string coded)
    {
        using var world = new ConfigurationWorld($"\"{configured}\": {{}}", services => services.AddFluxgate().AddBreaker(coded));
        Assert.Empty(world.Log.At(LogLevel.Warning));
    }

    [Fact]
    public void Two_similar_names_of_code_are_not_reported()
    {
        using var world = new ConfigurationWorld(
            "\"payments-eu\": {}",
            services => services.AddFluxgate().AddBreaker("payments-eu").AddBreaker("payments-us")
        );
        Assert.Empty(world.Log.At(LogLevel.Warning));
    }

    [Fact]
    public void A_misspelled_name_in_a_changed_file_is_logged_once()
    {
        using var world = new ConfigurationWorld("\"payments\": {}", services => services.AddFluxgate().AddBreaker("payments"));
        world.Become("\"paymets\": {}");
        world.Become("\"paymets\": { \"ProbeLease\": \"7s\" }");
        Assert.Single(world.Log.At(LogLevel.Warning), text => text.Contains("The configuration defines the circuit breaker 'paymets'"));
    }

    [Fact]
    public async Task A_missing_section_is_logged_with_its_path()
    {
        await using var file = new ConfigFile(
            """{ "Fluxgat": { "Breakers": { "payments": {} } } }""",
            more: services => services.AddFluxgate().AddBreaker("payments")
        );
        await file.StartAsync();
        Assert.StartsWith(
            "The configuration section 'Fluxgate' is missing or empty, ",
            Assert.Single(file.Log.At(LogLevel.Warning)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_listener_or_health_check_for_an_unknown_breaker_stops_startup()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddFluxgate().AddBreaker("payments").AddBreaker("orders");
        builder.Services.AddFluxgateListener("paymnts", Listener.From(_ => { })).AddFluxgateListener<Received>("ORDERS");
        builder.Services.AddHealthChecks().AddFluxgateBreaker("ordres").AddFluxgateBreaker("payments");
        using var host = builder.Build();
        var error = await Assert.ThrowsAnyAsync<OptionsValidationException>(() => host.StartAsync().WaitAsync(DiContainer.Deadline));
        Assert.Collection(
            error.Failures,
            failure =>
                Assert.EndsWith(
                    " refers to the breaker 'paymnts', which is not defined. Did you mean 'payments'? Known breakers: 'payments', 'orders'. Add it with AddBreaker or under Breakers in the configuration.",
                    failure
                ),
            failure =>
                Assert.StartsWith(
                    "The health check 'fluxgate-ordres' refers to the breaker 'ordres', which is not defined. Did you mean 'orders'?",
                    failure
                )
        );
        Assert.Empty(host.Services.Breakers());
    }

    // The file differs between environments and may be added while the application runs.
    [Fact]
    public async Task A_listener_for_a_breaker_that_a_file_may_add_is_a_warning()
    {
        await using var file = new ConfigFile(
            ConfigFile.Json("\"payments\": {}"),
            more: services =>
            {
                services.AddFluxgateListener<Received>("paymnts");
                services.AddHealthChecks().AddFluxgateBreaker("returns");
            }
        );
        await file.StartAsync();
        Assert.Collection(
            file.Log.At(LogLevel.Warning),
            text =>
                Assert.StartsWith(
                    $"The listener {typeof(Received)} refers to the breaker 'paymnts', which is not defined. Did you mean 'payments'?",
                    text
                ),
            text =>
                Assert.StartsWith("The health check 'fluxgate-returns' refers to the breaker 'returns', which is not defined. Known", text)
        );
    }

    // Options names are case-sensitive, breaker names are not: such options would configure nothing, silently.
    [Fact]
    public void Options_whose_name_differs_in_case_are_logged()
    {
        using var world = new ConfigurationWorld(
            "\"payments\": {}",
            services =>
            {
                services.Configure<FluxgateBreakerSettings>("payments", settings => settings.ProbeLease = TimeSpan.FromSeconds(7));
                services.Configure<FluxgateBreakerSettings>("Payments", settings => settings.ProbeLease = TimeSpan.FromSeconds(8));
                services.PostConfigure<FluxgateBreakerSettings>("PAYMENTS", settings => settings.ProbeLease = TimeSpan.FromSeconds(9));
                services.Configure<FluxgateBreakerSettings>("mine", settings => settings.ProbeLease = TimeSpan.FromSeconds(3));
                services.ConfigureAll<FluxgateBreakerSettings>(_ => { });
            }
        );
        Assert.Equal(
            [
                "The options named 'Payments' configure no circuit breaker: options names are case-sensitive, and the breaker is named 'payments'.",
                "The options named 'PAYMENTS' configure no circuit breaker: options names are case-sensitive, and the breaker is named 'payments'.",
            ],
            world.Log.At(LogLevel.Warning)
        );
    }

    internal sealed class Received : DiListener;
}
