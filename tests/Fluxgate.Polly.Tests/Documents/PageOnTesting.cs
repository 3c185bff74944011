using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using Polly;

namespace Fluxgate;

/// <summary>The code of docs/testing.md.</summary>
public sealed class PageOnTesting
{
    #region docs/testing.md: Virtual time
    public interface IPaymentGateway
    {
        Task<string> PayAsync(decimal amount, CancellationToken cancellationToken);
    }

    [Fact]
    public async Task Circuit_opens_after_three_failures_and_closes_after_a_probe()
    {
        var time = new FakeTimeProvider();
        await using var breaker = new FluxgateBreaker(
            "payments",
            new()
            {
                Tripper = Tripper.FailureStreak(3),
                BreakDuration = BreakDuration.Fixed(TimeSpan.FromSeconds(30)),
                Permit = Permit.All,
                Recovery = Recovery.AfterProbes(1),
            },
            time
        );
        var pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddFluxgateBreaker(breaker)
            .Build();
        var gateway = Substitute.For<IPaymentGateway>();
        async Task<string> PayAsync() => await pipeline.ExecuteAsync(async token => await gateway.PayAsync(20, token));

        gateway.PayAsync(20, Arg.Any<CancellationToken>()).ThrowsAsync(new HttpRequestException("unreachable"));
        for (var i = 0; i < 3; i++)
        {
            await Assert.ThrowsAsync<HttpRequestException>(PayAsync);
        }

        var rejected = await Assert.ThrowsAsync<CallNotPermittedException>(PayAsync);
        Assert.Equal("FailureStreak 3 >= 3", rejected.Reason.Text);
        Assert.Equal(TimeSpan.FromSeconds(30), rejected.RetryAfter);
        await gateway.Received(3).PayAsync(20, Arg.Any<CancellationToken>()); // the rejected call did not reach the gateway

        gateway.PayAsync(20, Arg.Any<CancellationToken>()).Returns("paid");
        time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal("paid", await PayAsync());
        Assert.Equal(BreakerState.Closed, breaker.State);
    }
    #endregion

    #region docs/testing.md: Rejections
    [Fact]
    public void An_open_circuit_uses_the_fallback()
    {
        using var breaker = new FluxgateBreaker("prices", new() { InitialState = BreakerState.ForcedOpen });
        var pipeline = new ResiliencePipelineBuilder<string>()
            .AddFallback(
                new()
                {
                    ShouldHandle = new PredicateBuilder<string>().Handle<CallNotPermittedException>(),
                    FallbackAction = _ => Outcome.FromResultAsValueTask("cached price"),
                }
            )
            .AddFluxgateBreaker(breaker)
            .Build();

        Assert.Equal("cached price", pipeline.Execute(() => "current price"));
    }
    #endregion

    #region docs/testing.md: Rules
    [Fact]
    public void Slow_calls_open_the_circuit()
    {
        var settings = new FluxgateBreakerSettings { Tripper = Tripper.Parse("MinRequests(4) & SlowRate(50%, 1s)") };
        using var breaker = new FluxgateBreaker("payments", settings, new FakeTimeProvider());
        foreach (var seconds in new[] { 0.2, 1.5, 0.3, 2.0 })
        {
            breaker.Settle(breaker.Admit(), Verdict.Success, TimeSpan.FromSeconds(seconds));
        }

        Assert.Equal("payments: open (MinRequests 4 >= 4 & SlowRate 50% >= 50% (2 of 4 took 1s or longer))", breaker.Snapshot().ToString());
    }
    #endregion

    #region docs/testing.md: Listeners
    [Fact]
    public void A_trip_notifies_the_listener()
    {
        var listener = Substitute.For<ICircuitListener>();
        using var breaker = new FluxgateBreaker("payments", new() { Listeners = { listener } });

        breaker.Trip("maintenance");

        listener.Received(1).OnAttached(breaker);
        listener
            .Received(1)
            .OnSignal(Arg.Is<Signal>(signal => signal.NewState == BreakerState.Open && signal.Reason.Text == "maintenance"));
    }
    #endregion

    #region docs/testing.md: Randomness
    [Fact]
    public void The_break_duration_has_a_known_jitter()
    {
        var settings = new FluxgateBreakerSettings
        {
            BreakDuration = BreakDuration.Fixed(TimeSpan.FromSeconds(10), jitter: 0.2),
            Randomizer = () => 0.75,
        };
        using var breaker = new FluxgateBreaker("payments", settings, new FakeTimeProvider());

        breaker.Trip();

        Assert.Equal(TimeSpan.FromSeconds(11), breaker.Snapshot().RetryAfter);
    }
    #endregion

    #region docs/testing.md: Dependency injection
    [Fact]
    public async Task The_container_provides_the_clock()
    {
        var time = new FakeTimeProvider();
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(time);
        services.AddFluxgate().AddBreaker("payments", settings => settings.Tripper = Tripper.FailureStreak(1));
        await using var provider = services.BuildServiceProvider();
        var breaker = provider.GetRequiredService<FluxgateBreakers>()["payments"];

        breaker.Settle(breaker.Admit(), Verdict.Failure);
        Assert.False(breaker.TryAdmit(out _));

        time.Advance(TimeSpan.FromSeconds(60));
        Assert.True(breaker.TryAdmit(out var probe));
        Assert.Equal(BreakerState.HalfOpen, probe.State);
        probe.Settle(Verdict.Success);
    }
    #endregion
}
