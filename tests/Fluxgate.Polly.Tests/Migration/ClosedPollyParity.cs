using Polly;
using Polly.CircuitBreaker;

namespace Fluxgate;

/// <summary>Runs the same scenarios on closed circuits of Polly and of Fluxgate.</summary>
public sealed class ClosedPollyParity
{
    [Theory, BothBreakers]
    public async Task A_new_circuit_is_closed_and_successes_raise_no_event(string kind)
    {
        var breaker = ParityBreaker.Of(kind);
        Assert.Equal(CircuitState.Closed, breaker.State);

        await breaker.SucceedAsync(20);

        Assert.Equal(CircuitState.Closed, breaker.State);
        Assert.Empty(breaker.Received);
    }

    [Theory, BothBreakers]
    public async Task Failures_below_the_minimum_of_calls_do_not_open(string kind)
    {
        var breaker = ParityBreaker.Of(kind);

        await breaker.FailAsync(3);
        Assert.Equal(CircuitState.Closed, breaker.State);

        await breaker.FailAsync();
        Assert.Equal(CircuitState.Open, breaker.State);
    }

    [Theory, BothBreakers]
    public async Task The_failure_that_reaches_the_ratio_opens(string kind)
    {
        var breaker = ParityBreaker.Of(kind);
        await breaker.SucceedAsync(5);

        await breaker.FailAsync(4);
        Assert.Equal(CircuitState.Closed, breaker.State);

        await breaker.FailAsync();
        Assert.Equal(CircuitState.Open, breaker.State);
    }

    [Theory, BothBreakers]
    public async Task A_ratio_below_the_limit_does_not_open(string kind)
    {
        var breaker = ParityBreaker.Of(kind);

        for (var round = 0; round < 10; round++)
        {
            await breaker.SucceedAsync(2);
            await breaker.FailAsync();
        }

        Assert.Equal(CircuitState.Closed, breaker.State);
    }

    [Theory, BothBreakers]
    public async Task A_ratio_of_one_needs_every_call_to_fail(string kind)
    {
        var (mixed, failing) = (Of(), Of());
        await mixed.SucceedAsync();
        await mixed.FailAsync(20);
        await failing.FailAsync(4);

        Assert.Equal((CircuitState.Closed, CircuitState.Open), (mixed.State, failing.State));

        ParityBreaker Of() => ParityBreaker.Of(kind, new(FailureRatio: 1));
    }

    [Theory, BothBreakers]
    public async Task Failures_older_than_the_sampling_duration_do_not_count(string kind)
    {
        var breaker = ParityBreaker.Of(kind);
        await breaker.FailAsync(3);

        breaker.Wait(10);
        await breaker.FailAsync(3);
        Assert.Equal(CircuitState.Closed, breaker.State);

        await breaker.FailAsync();
        Assert.Equal(CircuitState.Open, breaker.State);
    }

    [Theory, BothBreakers]
    public async Task Failures_spread_over_the_sampling_duration_add_up(string kind)
    {
        var breaker = ParityBreaker.Of(kind);

        for (var second = 0; second < 3; second++)
        {
            await breaker.FailAsync();
            breaker.Wait(2.9);
        }

        await breaker.FailAsync();

        Assert.Equal(CircuitState.Open, breaker.State);
    }

    [Theory, BothBreakers]
    public async Task An_exception_that_ShouldHandle_excludes_is_a_success(string kind)
    {
        var breaker = ParityBreaker.Of(kind, new(ShouldHandle: new PredicateBuilder<string>().Handle<TimeoutException>()));

        await breaker.FailAsync(20);

        Assert.Equal(CircuitState.Closed, breaker.State);
    }

    [Theory, BothBreakers]
    public async Task A_result_that_ShouldHandle_selects_opens_and_is_returned(string kind)
    {
        var breaker = ParityBreaker.Of(kind, new(ShouldHandle: new PredicateBuilder<string>().HandleResult("fine")));

        await breaker.SucceedAsync(4);

        Assert.Equal(CircuitState.Open, breaker.State);
    }

    [Theory, BothBreakers]
    public async Task The_caller_gets_the_exception_of_its_call(string kind)
    {
        var breaker = ParityBreaker.Of(kind);
        await breaker.FailAsync(3);
        var error = new IOException("the last straw");

        var outcome = await breaker.Calls.Begin().Fail(error);

        Assert.Equal(CircuitState.Open, breaker.State);
        Assert.Same(error, outcome.Exception);
    }
}
