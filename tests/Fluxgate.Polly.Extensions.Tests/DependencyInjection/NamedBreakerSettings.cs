using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Fluxgate;

/// <summary>Checks the sources of the settings of a named breaker and the handling of invalid ones.</summary>
public sealed class NamedBreakerSettings
{
    [Fact]
    public void Code_configures_a_breaker()
    {
        using var services = DiContainer.Of(services =>
            services.AddFluxgate().AddBreaker("payments", settings => settings.Tripper = Tripper.FailureStreak(2)).AddBreaker("orders")
        );
        services.Breakers()["payments"].Fail(2);
        services.Breakers()["orders"].Fail(2);
        Assert.Equal(BreakerState.Open, services.Breakers()["payments"].State);
        Assert.Equal(BreakerState.Closed, services.Breakers()["orders"].State);
    }

    [Fact]
    public void Defaults_apply_unless_a_breaker_overrides_them_in_any_order()
    {
        using var services = DiContainer.Of(services =>
            services
                .AddFluxgate()
                .AddBreaker("payments", settings => settings.Tripper = Tripper.FailureStreak(2))
                .AddBreaker("orders")
                .ConfigureDefaults(settings => settings.Tripper = Tripper.FailureStreak(7))
        );
        Assert.Equal("FailureStreak(2)", services.Breakers()["payments"].Snapshot().Rule);
        Assert.Equal("FailureStreak(7)", services.Breakers()["orders"].Snapshot().Rule);
    }

    [Fact]
    public void Options_of_the_breakers_name_are_applied_last()
    {
        using var services = DiContainer.Of(services =>
        {
            services.AddFluxgate().AddBreaker("payments", settings => settings.Tripper = Tripper.FailureStreak(2));
            services.Configure<FluxgateBreakerSettings>("payments", settings => settings.Tripper = Tripper.FailureStreak(3));
            services.PostConfigure<FluxgateBreakerSettings>("payments", settings => settings.ProbeLease = TimeSpan.FromSeconds(7));
        });
        Assert.Equal("FailureStreak(3)", services.Breakers()["payments"].Snapshot().Rule);
        var inForce = services.GetRequiredService<IOptionsMonitor<FluxgateBreakerSettings>>().Get("payments");
        Assert.Equal("FailureStreak(3)", inForce.Tripper.ToString());
        Assert.Equal(TimeSpan.FromSeconds(7), inForce.ProbeLease);
    }

    [Fact]
    public void All_invalid_settings_are_reported_on_first_use()
    {
        using var services = DiContainer.Of(services =>
            services
                .AddFluxgate()
                .AddBreaker(
                    "payments",
                    settings =>
                    {
                        settings.Window = Window.Count(10);
                        settings.Tripper = Tripper.MinRequests(20);
                        settings.ProbeLease = TimeSpan.Zero;
                        settings.Permit = null!;
                    }
                )
        );
        var error = Assert.ThrowsAny<OptionsValidationException>(() => services.Breakers()["payments"]);
        Assert.Collection(
            error.Failures.Order(),
            failure => Assert.Equal("Breaker 'payments': Permit must not be null.", failure),
            failure => Assert.Equal("Breaker 'payments': ProbeLease must be greater than zero, but is 00:00:00.", failure),
            failure => Assert.StartsWith("Breaker 'payments': Tripper can never fire while the circuit is closed", failure)
        );
    }

    [Fact]
    public async Task A_host_does_not_start_with_invalid_settings()
    {
        await using var services = DiContainer.Of(services =>
            services
                .AddFluxgate()
                .AddBreaker("payments", settings => settings.ProbeLease = TimeSpan.Zero)
                .AddBreaker("orders", settings => settings.ListenerQueueCapacity = 0)
        );
        var error = await Assert.ThrowsAnyAsync<OptionsValidationException>(services.StartAsync);
        Assert.Equal(2, error.Failures.Count());
        Assert.Empty(services.Breakers());
    }

    [Fact]
    public void Every_setting_reaches_the_breaker()
    {
        var settings = new FluxgateBreakerSettings
        {
            Window = Window.Count(7),
            Tripper = Tripper.FailureStreak(3),
            BreakDuration = BreakDuration.None,
            Permit = Permit.All,
            Recovery = Recovery.WhenQuiet,
            ProbeLease = TimeSpan.FromSeconds(3),
            ProbeWithoutTraffic = true,
            AbandonedAfter = TimeSpan.FromSeconds(4),
            InitialState = BreakerState.MetricsOnly,
            ListenerQueueCapacity = 5,
            ListenerFlushTimeout = TimeSpan.FromSeconds(2),
            ProbeGate = _ => null,
            Randomizer = () => 0.5,
        };
        var copy = settings.Copy();
        var defaults = new FluxgateBreakerSettings();
        foreach (
            var property in typeof(FluxgateBreakerSettings)
                .GetProperties()
                .Where(property => property.CanWrite && property.Name != "Listeners")
        )
        {
            Assert.NotEqual(property.GetValue(defaults), property.GetValue(settings));
            Assert.Equal(property.GetValue(settings), property.GetValue(copy));
        }
    }
}
