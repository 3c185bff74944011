using Polly.CircuitBreaker;

namespace Fluxgate;

/// <summary>Runs the same manual calls on circuits of Polly and of Fluxgate.</summary>
public sealed class ManualPollyParity
{
    [Theory, BothBreakers]
    public async Task An_isolated_circuit_rejects_until_it_is_closed(string kind)
    {
        var breaker = ParityBreaker.Of(kind);
        await breaker.IsolateAsync();
        await breaker.RejectedAsync();

        breaker.Wait(TimeSpan.FromDays(30).TotalSeconds);

        Assert.Null((await breaker.RejectedAsync()).RetryAfter);
        Assert.Equal(CircuitState.Isolated, breaker.State);
    }

    [Theory, BothBreakers]
    public async Task Closing_ends_isolation_at_once(string kind)
    {
        var breaker = ParityBreaker.Of(kind);
        await breaker.IsolateAsync();

        await breaker.CloseAsync();

        await breaker.SucceedAsync();
        Assert.Equal([CircuitState.Isolated, CircuitState.Closed], breaker.Received);
    }

    [Theory, BothBreakers]
    public async Task Closing_ends_a_break_at_once_with_an_empty_window(string kind)
    {
        var breaker = ParityBreaker.Of(kind);
        await breaker.FailAsync(4);

        await breaker.CloseAsync();

        await breaker.FailAsync(3);
        Assert.Equal(CircuitState.Closed, breaker.State);
        Assert.Equal([CircuitState.Open, CircuitState.Closed], breaker.Received);
    }

    [Theory, BothBreakers]
    public async Task Closing_a_closed_circuit_empties_its_window_without_an_event(string kind)
    {
        var breaker = ParityBreaker.Of(kind);
        await breaker.FailAsync(3);

        await breaker.CloseAsync();

        await breaker.FailAsync(3);
        Assert.Equal(CircuitState.Closed, breaker.State);
        Assert.Empty(breaker.Received);
    }

    [Theory, BothBreakers]
    public async Task A_circuit_can_start_isolated(string kind)
    {
        var breaker = ParityBreaker.Of(kind, new(IsIsolated: true));
        Assert.Equal(CircuitState.Isolated, breaker.State);
        await breaker.RejectedAsync();

        await breaker.CloseAsync();

        await breaker.SucceedAsync();
    }

    [Theory, BothBreakers]
    public async Task A_call_that_began_before_isolation_gets_its_own_result(string kind)
    {
        var breaker = ParityBreaker.Of(kind);
        var call = breaker.Calls.Begin();

        await breaker.IsolateAsync();

        Assert.Equal("fine", (await call.Succeed()).Result);
        Assert.Equal(CircuitState.Isolated, breaker.State);
    }
}
