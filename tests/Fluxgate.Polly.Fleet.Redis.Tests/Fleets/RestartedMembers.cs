using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Fluxgate;

/// <summary>Hosts that start while directives are in force.</summary>
public sealed class RestartedMembers(RedisServer server) : IClassFixture<RedisServer>
{
    [Fact]
    public async Task A_member_that_starts_obeys_before_its_hosted_services_start()
    {
        await using var fleet = await RedisFleet.StartAsync(2, server.Address);
        await fleet.IssueAsync(RedisFleet.Order(FleetAction.ForceOpen), BreakerState.ForcedOpen, 2);

        for (var restart = 0; restart < 3; restart++)
        {
            var builder = Host.CreateEmptyApplicationBuilder(new());
            builder.Services.AddFluxgate().AddBreaker("payments");
            builder.Services.AddFluxgateFleet(options =>
            {
                options.Name = "shop";
                options.MemberId = "restarted";
                // A busy machine takes longer than the defaults, which the test is not about.
                options.StartupTimeout = TimeSpan.FromSeconds(30);
                options.Interval = TimeSpan.FromSeconds(10);
                options.Include("payments");
                options.UseRedis(server.Address);
            });
            builder.Services.AddHostedService<FirstState>();
            using var host = builder.Build();

            await host.StartAsync().WaitAsync(Until.Deadline);

            Assert.Equal(BreakerState.ForcedOpen, host.Services.GetServices<IHostedService>().OfType<FirstState>().Single().State);
            await host.StopAsync().WaitAsync(Until.Deadline);
        }

        var report = await Until.ResponseAsync(() => fleet[0].View.ReadAsync());
        Assert.DoesNotContain(report.Members, member => member.Id == "restarted");
    }

    private sealed class FirstState(FluxgateBreakers breakers) : IHostedService
    {
        public BreakerState State { get; private set; }

        public Task StartAsync(CancellationToken cancellationToken)
        {
            State = breakers["payments"].State;
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
