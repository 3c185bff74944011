using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Fluxgate;

/// <summary>The code of docs/fleet.md.</summary>
public sealed class PageOnFleets
{
    [Fact]
    public async Task The_code_of_the_page_steers_and_shows_a_fleet()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        var services = builder.Services;
        var time = new VirtualTime();
        services.AddSingleton<TimeProvider>(time);
        var store = new InMemoryFleetStore(time);

        #region docs/fleet.md: Installation
        services.AddFluxgate().AddBreaker("payments").AddBreakerGroup("tenants");
        services.AddFluxgateFleet(fleet =>
        {
            fleet.Name = "shop";
            fleet.Zone = "eu-1a";
            fleet.Include("payments", "tenants");
            fleet.UseInMemory(store);
        });
        #endregion

        #region docs/fleet.md: Health
        services.AddHealthChecks().AddFluxgateFleet();
        #endregion

        using var host = builder.Build();
        await host.StartAsync().WaitAsync(FleetWorld.Deadline);
        var provider = host.Services;

        #region docs/fleet.md: Control
        var control = provider.GetRequiredService<IFleetControl>();
        var order = new FleetOrder(FleetAction.ForceOpen)
        {
            Circuits = "payments",
            Zone = "eu-1a",
            Duration = TimeSpan.FromMinutes(30),
            Reason = "maintenance of the bank",
            By = "ann@example.com",
        };

        var preview = await control.PreviewAsync(order);
        Console.WriteLine($"{preview.Circuits} circuits of {preview.Members} members");
        var result = await control.IssueAsync(order);
        if (!result.IsAccepted)
        {
            Console.WriteLine("Somebody else was faster:");
            Console.WriteLine(string.Join('\n', result.Current.All));
        }
        #endregion

        Assert.True(result.IsAccepted);

        #region docs/fleet.md: Control
        await control.IssueAsync(
            new FleetOrder(FleetAction.Release)
            {
                Circuits = "*",
                Reason = "done",
                By = "ann@example.com",
            }
        );
        #endregion

        #region docs/fleet.md: View
        var view = provider.GetRequiredService<IFleetView>();
        Console.WriteLine($"{view.Summary?.Members} members, connected: {view.Status.IsConnected}");

        var report = await view.ReadAsync();
        foreach (var divergence in report.Divergences)
        {
            Console.WriteLine($"{divergence.MemberId}: {divergence.Circuit.Name} is {divergence.Circuit.State}");
        }
        #endregion

        Assert.Single(report.Members);
        var metrics = new PrometheusMetrics();

        #region docs/fleet.md: Metrics
        foreach (var family in view.MetricFamilies)
        {
            metrics.Add(family);
        }
        #endregion

        Assert.Contains("circuit_breaker_fleet_connected{fleet=\"shop\"} 1", PrometheusText.Of(metrics), StringComparison.Ordinal);
        await host.StopAsync().WaitAsync(FleetWorld.Deadline);
    }

    [Fact]
    public void The_table_of_options_has_the_defaults()
    {
        var options = new FleetOptions();

        Assert.Equal((TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)), (options.Interval, options.StartupTimeout));
        Assert.Equal((null, null, null), (options.Zone, options.MemberId, options.DirectivesFile));
    }
}
