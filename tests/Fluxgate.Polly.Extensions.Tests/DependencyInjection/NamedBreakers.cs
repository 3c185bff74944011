using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Fluxgate;

public sealed class NamedBreakers
{
    [Fact]
    public void There_is_one_instance_for_each_name()
    {
        using var services = DiContainer.Of(services => services.AddFluxgate().AddBreaker("payments").AddBreaker("orders"));
        var breakers = services.Breakers();
        Assert.Same(breakers["payments"], breakers["payments"]);
        Assert.NotSame(breakers["payments"], breakers["orders"]);
        Assert.Equal("orders", breakers["orders"].Name);
    }

    [Fact]
    public void A_breaker_is_created_on_first_use()
    {
        using var services = DiContainer.Of(services => services.AddFluxgate().AddBreaker("payments").AddBreaker("orders"));
        var breakers = services.Breakers();
        Assert.Empty(breakers);
        Assert.Equal(["orders", "payments"], breakers.Names.Order());
        Assert.True(breakers.TryGet("payments", out var payments));
        Assert.Equal([payments], breakers);
    }

    [Fact]
    public async Task All_breakers_are_created_when_the_host_starts()
    {
        await using var services = DiContainer.Of(services => services.AddFluxgate().AddBreaker("payments").AddBreaker("orders"));
        await services.StartAsync();
        Assert.Equal(["orders", "payments"], services.Breakers().Select(breaker => breaker.Name));
    }

    [Fact]
    public void An_unknown_name_throws_and_suggests_the_closest()
    {
        using var services = DiContainer.Of(services =>
            services.AddFluxgate(fluxgate => fluxgate.AddBreaker("payments").AddBreaker("orders").ConfigureDefaults(_ => { }))
        );
        var error = Assert.Throws<KeyNotFoundException>(() => services.Breakers()["paymnets"]);
        Assert.Contains("No breaker is named 'paymnets'. Did you mean 'payments'? Known breakers: 'payments', 'orders'", error.Message);
        Assert.False(services.Breakers().TryGet("paymnets", out _));
        Assert.Throws<ArgumentNullException>(() => services.Breakers()[null!]);
    }

    [Fact]
    public void Options_alone_add_no_breaker()
    {
        using var services = DiContainer.Of(services =>
        {
            services.AddFluxgate();
            services.Configure<FluxgateBreakerSettings>("payments", _ => { });
        });
        Assert.Contains("No breakers are defined", Assert.Throws<KeyNotFoundException>(() => services.Breakers()["payments"]).Message);
    }

    [Fact]
    public void Names_are_case_insensitive_and_keep_the_spelling_of_code()
    {
        using var services = DiContainer.Of(services => services.AddFluxgate().AddBreaker("Payments").AddBreaker("payments"));
        Assert.Equal("Payments", services.Breakers()["PAYMENTS"].Name);
        Assert.Same(services.Breakers()["payments"], services.Breakers()["PAYMENTS"]);
        Assert.Single(services.Breakers().Names);
    }

    [Fact]
    public void Adding_a_breaker_twice_combines_its_settings()
    {
        using var services = DiContainer.Of(services =>
        {
            services.AddFluxgate().AddBreaker("payments", settings => settings.Tripper = Tripper.FailureStreak(2));
            services.AddFluxgate().AddBreaker("payments", settings => settings.ProbeLease = TimeSpan.FromSeconds(7)).AddBreaker("orders");
        });
        Assert.Single(services.GetServices<Microsoft.Extensions.Hosting.IHostedService>());
        Assert.Equal("FailureStreak(2)", services.Breakers()["payments"].Snapshot().Rule);
        Assert.Equal(
            TimeSpan.FromSeconds(7),
            services.GetRequiredService<IOptionsMonitor<FluxgateBreakerSettings>>().Get("payments").ProbeLease
        );
        Assert.Equal(2, services.Breakers().Names.Count);
    }

    [Fact]
    public void A_breaker_is_a_keyed_service()
    {
        using var services = DiContainer.Of(services =>
        {
            services.AddFluxgate().AddBreaker("payments");
            services.AddScoped<Client>();
        });
        using var scope = services.CreateScope();
        var breaker = scope.ServiceProvider.GetRequiredService<Client>().Breaker;
        Assert.Same(services.Breakers()["payments"], breaker);
        Assert.Throws<KeyNotFoundException>(() => services.GetRequiredKeyedService<FluxgateBreaker>("paymnets"));
        Assert.Contains(
            "must be its name, a string, but is 5 (Int32)",
            Assert.Throws<InvalidOperationException>(() => services.GetRequiredKeyedService<FluxgateBreaker>(5)).Message
        );
    }

    [Fact]
    public void Two_containers_share_no_state()
    {
        var services = new ServiceCollection();
        services.AddFluxgate().AddBreaker("payments", settings => settings.Tripper = Tripper.FailureStreak(1));
        using var one = services.BuildServiceProvider();
        using var other = services.BuildServiceProvider();
        one.Breakers()["payments"].Fail();
        Assert.Equal(BreakerState.Open, one.Breakers()["payments"].State);
        Assert.Equal(BreakerState.Closed, other.Breakers()["payments"].State);
    }

    [Fact]
    public void The_clock_of_the_container_is_used()
    {
        var time = new VirtualTime();
        using var services = DiContainer.Of(services =>
        {
            services.AddSingleton<TimeProvider>(time);
            services.AddFluxgate().AddBreaker("payments");
        });
        Assert.Same(time, services.Breakers()["payments"].TimeProvider);
        using var without = DiContainer.Of(services => services.AddFluxgate().AddBreaker("payments"));
        Assert.Same(TimeProvider.System, without.Breakers()["payments"].TimeProvider);
    }

    [Theory]
    [InlineData("")]
    [InlineData(257)]
    public void An_invalid_name_throws(object name)
    {
        var fluxgate = new ServiceCollection().AddFluxgate();
        var text = name as string ?? new string('x', (int)name);
        Assert.Contains("1 to 256 characters", Assert.Throws<ArgumentException>(() => fluxgate.AddBreaker(text)).Message);
        Assert.Contains("1 to 256 characters", Assert.Throws<ArgumentException>(() => fluxgate.AddBreaker(text, _ => { })).Message);
    }

    [Fact]
    public void Null_arguments_throw()
    {
        IServiceCollection services = new ServiceCollection();
        Assert.Throws<ArgumentNullException>(() => ((IServiceCollection)null!).AddFluxgate());
        Assert.Throws<ArgumentNullException>(() => services.AddFluxgate((Action<FluxgateBuilder>)null!));
        Assert.Throws<ArgumentNullException>(() => services.AddFluxgate((Microsoft.Extensions.Configuration.IConfiguration)null!));
        Assert.Throws<ArgumentNullException>(() => services.AddFluxgate().AddBreaker(null!));
        Assert.Throws<ArgumentNullException>(() => services.AddFluxgate().AddBreaker("payments", null!));
        Assert.Throws<ArgumentNullException>(() => services.AddFluxgate().ConfigureDefaults(null!));
    }

    private sealed class Client([FromKeyedServices("payments")] FluxgateBreaker breaker)
    {
        public FluxgateBreaker Breaker { get; } = breaker;
    }
}
