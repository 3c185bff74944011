using Polly.CircuitBreaker;

namespace Fluxgate;

/// <summary>Runs the same scenarios on open and half-open circuits of Polly and of Fluxgate.</summary>
public sealed class OpenPollyParity
{
    [Theory, BothBreakers]
    public async Task An_open_circuit_rejects_with_RetryAfter(string kind)
    {
        var breaker = await OpenAsync(kind);
        breaker.Wait(2);

        var rejection = await breaker.RejectedAsync();

        Assert.Equal(TimeSpan.FromSeconds(3), rejection.RetryAfter);
    }

    [Theory, BothBreakers]
    public async Task Rejections_do_not_prolong_the_break(string kind)
    {
        var breaker = await OpenAsync(kind);
        for (var second = 0; second < 5; second++)
        {
            await breaker.RejectedAsync();
            breaker.Wait(1);
        }

        await breaker.SucceedAsync();

        Assert.Equal([CircuitState.Open, CircuitState.HalfOpen, CircuitState.Closed], breaker.Received);
    }

    [Theory, BothBreakers]
    public async Task Each_rejection_is_a_new_exception(string kind)
    {
        var breaker = await OpenAsync(kind);

        Assert.NotSame(await breaker.RejectedAsync(), await breaker.RejectedAsync());
    }

    [Theory, BothBreakers]
    public async Task A_late_failure_does_not_open_again_or_move_the_deadline(string kind)
    {
        var breaker = ParityBreaker.Of(kind);
        var late = breaker.Calls.Begin();
        await breaker.FailAsync(4);
        breaker.Wait(4);

        var error = new IOException();
        Assert.Same(error, (await late.Fail(error)).Exception);

        Assert.Equal([CircuitState.Open], breaker.Received);
        Assert.Equal(TimeSpan.FromSeconds(1), (await breaker.RejectedAsync()).RetryAfter);
    }

    [Theory, BothBreakers]
    public async Task A_late_success_does_not_close_an_open_circuit(string kind)
    {
        var breaker = ParityBreaker.Of(kind);
        var late = breaker.Calls.Begin();
        await breaker.FailAsync(4);

        Assert.Equal("fine", (await late.Succeed()).Result);

        Assert.Equal(CircuitState.Open, breaker.State);
        await breaker.RejectedAsync();
    }

    [Theory, BothBreakers]
    public async Task The_state_is_open_after_the_break_until_the_next_call(string kind)
    {
        var breaker = await OpenAsync(kind);
        breaker.Wait(5);
        Assert.Equal(CircuitState.Open, breaker.State);

        var probe = breaker.Calls.Begin();

        Assert.Equal(CircuitState.HalfOpen, breaker.State);
        await probe.Succeed();
        Assert.True(probe.IsAdmitted);
    }

    [Theory, BothBreakers]
    public async Task While_one_probe_runs_other_calls_are_rejected(string kind)
    {
        var breaker = await OpenAsync(kind);
        breaker.Wait(5);
        var probe = breaker.Calls.Begin();

        await breaker.RejectedAsync();
        await breaker.RejectedAsync();
        Assert.Equal(CircuitState.HalfOpen, breaker.State);

        await probe.Succeed();
        await breaker.SucceedAsync(10);
    }

    [Theory, BothBreakers]
    public async Task A_failed_probe_opens_for_a_whole_break(string kind)
    {
        var breaker = await OpenAsync(kind);
        breaker.Wait(5);

        await breaker.FailAsync();

        Assert.Equal(CircuitState.Open, breaker.State);
        Assert.Equal(TimeSpan.FromSeconds(5), (await breaker.RejectedAsync()).RetryAfter);
    }

    [Theory, BothBreakers]
    public async Task After_recovery_earlier_failures_do_not_count(string kind)
    {
        var breaker = await OpenAsync(kind);
        breaker.Wait(5);
        await breaker.SucceedAsync();

        await breaker.FailAsync(3);
        Assert.Equal(CircuitState.Closed, breaker.State);

        await breaker.FailAsync();
        Assert.Equal(CircuitState.Open, breaker.State);
    }

    [Theory, BothBreakers]
    public async Task Each_transition_of_two_breaks_is_received_once_in_order(string kind)
    {
        var breaker = await OpenAsync(kind);
        breaker.Wait(5);
        await breaker.FailAsync();
        breaker.Wait(5);
        await breaker.SucceedAsync(3);

        Assert.Equal(
            [CircuitState.Open, CircuitState.HalfOpen, CircuitState.Open, CircuitState.HalfOpen, CircuitState.Closed],
            breaker.Received
        );
    }

    private static async Task<ParityBreaker> OpenAsync(string kind)
    {
        var breaker = ParityBreaker.Of(kind);
        await breaker.FailAsync(4);
        Assert.Equal([CircuitState.Open], breaker.Received);
        return breaker;
    }
}
