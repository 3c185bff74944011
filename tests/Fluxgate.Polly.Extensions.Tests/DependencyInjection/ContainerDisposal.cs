using Microsoft.Extensions.DependencyInjection;

namespace Fluxgate;

public sealed class ContainerDisposal
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Breakers_are_disposed_with_the_container_before_their_listeners(bool asynchronously)
    {
        var services = DiContainer.Of(services =>
        {
            services.AddFluxgate().AddBreaker("payments").AddBreaker("orders");
            services.AddFluxgateListener<Received>();
        });
        var breakers = services.Breakers();
        _ = (breakers["payments"], breakers["orders"]);
        var listener = services.GetRequiredService<Received>();
        if (asynchronously)
        {
            await services.DisposeAsync();
        }
        else
        {
            services.Dispose();
        }

        Assert.Equal(["orders", "payments"], listener.Detached.Order());
        Assert.True(listener.Disposed);
        Assert.False(listener.CalledAfterDisposal);
    }

    [Fact]
    public async Task An_asynchronous_listener_receives_the_last_signal_before_disposal()
    {
        var services = DiContainer.Of(services =>
        {
            services.AddFluxgate().AddBreaker("payments", settings => settings.ListenerFlushTimeout = DiContainer.Deadline);
            services.AddFluxgateListener<Slow>();
        });
        services.Breakers()["payments"].Trip();
        var listener = services.GetRequiredService<Slow>();
        var disposal = services.DisposeAsync().AsTask();
        listener.Go.SetResult();
        await disposal.WaitAsync(DiContainer.Deadline);
        Assert.Equal(["open", "disposed"], listener.Log);
    }

    [Fact]
    public void After_disposal_breakers_continue_and_no_breaker_is_created()
    {
        var services = DiContainer.Of(services =>
            services.AddFluxgate().AddBreaker("payments", settings => settings.Tripper = Tripper.FailureStreak(1)).AddBreaker("orders")
        );
        var breakers = services.Breakers();
        var payments = breakers["payments"];
        services.Dispose();
        payments.Fail();
        Assert.Equal(BreakerState.Open, breakers["payments"].State);
        Assert.Throws<ObjectDisposedException>(() => breakers["orders"]);
    }

    [Fact]
    public void A_container_whose_breakers_were_not_used_can_be_disposed()
    {
        var services = DiContainer.Of(services => services.AddFluxgate().AddBreaker("payments"));
        var breakers = services.Breakers();
        services.Dispose();
        Assert.Empty(breakers);
    }

    internal sealed class Received : DiListener;

    internal sealed class Slow : IAsyncCircuitListener, IDisposable
    {
        public TaskCompletionSource Go { get; } = new();

        public List<string> Log { get; } = [];

        public async ValueTask OnSignalAsync(Signal signal, CancellationToken cancellationToken)
        {
            await Go.Task.WaitAsync(cancellationToken);
            Log.Add(signal.NewState.ToLabel());
        }

        public void Dispose() => Log.Add("disposed");
    }
}
