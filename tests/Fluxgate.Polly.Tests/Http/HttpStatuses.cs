using System.Net;
using Polly;

namespace Fluxgate;

/// <summary>An HTTP status has the same verdict as a response and as the exception of <c>EnsureSuccessStatusCode</c> (rule 7, trap F14).</summary>
public sealed class HttpStatuses
{
    private static readonly int[] Failing = [408, 429, .. Enumerable.Range(500, 500)];

    private readonly World _world = new(new() { InitialState = BreakerState.MetricsOnly });

    [Fact]
    public void A_status_has_one_verdict_in_a_pipeline_of_responses()
    {
        var pipeline = _world.Pipeline<HttpResponseMessage>();

        Assert.Equal(Failing, StatusesThatFail(status => pipeline.Execute(() => Returned(status))));
        Assert.Equal(Failing, StatusesThatFail(status => pipeline.Execute(HttpResponseMessage () => throw Thrown(status))));
    }

    [Fact]
    public void A_status_has_one_verdict_in_a_pipeline_of_any_type()
    {
        var pipeline = _world.Pipeline();

        Assert.Equal(Failing, StatusesThatFail(status => pipeline.Execute(() => Returned(status))));
        Assert.Equal(Failing, StatusesThatFail(status => pipeline.Execute(object () => Returned(status))));
        Assert.Equal(Failing, StatusesThatFail(status => pipeline.Execute(HttpResponseMessage () => throw Thrown(status))));
        Assert.Equal(Failing, StatusesThatFail(status => pipeline.Execute(int () => throw Thrown(status))));
        Assert.Equal(Failing, StatusesThatFail(status => pipeline.Execute(() => throw Thrown(status))));
    }

    [Fact]
    public void A_status_has_one_verdict_in_a_pipeline_of_another_type()
    {
        Assert.Equal(Failing, StatusesThatFail(status => _world.Pipeline<string>().Execute(string () => throw Thrown(status))));
        Assert.Equal(Failing, StatusesThatFail(status => _world.Pipeline<int>().Execute(int () => throw Thrown(status))));
        Assert.Equal(Failing, StatusesThatFail(status => _world.Pipeline<object>().Execute(object () => Returned(status))));
    }

    [Fact]
    public void A_status_has_one_verdict_with_ShouldIgnore()
    {
        var typed = _world.Pipeline<HttpResponseMessage>(options => options.ShouldIgnore = _ => new(false));
        var any = _world.Pipeline(options => options.ShouldIgnore = _ => new(false));

        Assert.Equal(Failing, StatusesThatFail(status => typed.Execute(() => Returned(status))));
        Assert.Equal(Failing, StatusesThatFail(status => typed.Execute(HttpResponseMessage () => throw Thrown(status))));
        Assert.Equal(Failing, StatusesThatFail(status => any.Execute(() => Returned(status))));
        Assert.Equal(Failing, StatusesThatFail(status => any.Execute(() => throw Thrown(status))));
    }

    [Fact]
    public void A_status_has_one_verdict_for_TransientErrors()
    {
        var statuses = Enumerable.Range(100, 900);

        Assert.Equal(
            Failing,
            statuses.Where(status => HttpTracker.TransientErrors.Matches(Outcome.FromException<HttpResponseMessage>(Thrown(status))))
        );
        Assert.Equal(
            Failing,
            statuses.Where(status =>
            {
                using var response = Returned(status);
                return HttpTracker.TransientErrors.Matches(Outcome.FromResult(response));
            })
        );
    }

    [Fact]
    public async Task An_exception_without_a_status_is_a_failure()
    {
        var error = new HttpRequestException(HttpRequestError.ConnectionError);

        await _world.Pipeline<HttpResponseMessage>().Throws(error);
        await _world.Pipeline<int>().Throws(error);
        Assert.Same(error, Record.Exception(() => _world.Pipeline().Execute(() => throw error)));

        _world.Counted(failures: 3);
    }

    [Fact]
    public async Task A_tracker_of_every_exception_tracks_every_status()
    {
        await _world.Pipeline<int>(options => options.Tracker = Tracker.All).Throws(Thrown(404));
        await _world.Pipeline<int>(options => options.Tracker = Tracker.TypeOf<HttpRequestException>()).Throws(Thrown(404));

        _world.Counted(failures: 2);
    }

    [Fact]
    public async Task A_circuit_stays_closed_while_thrown_statuses_are_not_failures()
    {
        var world = new World(new() { Tripper = Tripper.FailureStreak(2) });

        for (var call = 0; call < 10; call++)
        {
            await world.Pipeline<string>().Throws(Thrown(404));
        }

        world.Counted(successes: 10);
        Assert.Equal(BreakerState.Closed, world.State);
    }

    [Fact]
    public void Responses_in_a_pipeline_of_any_type_allocate_nothing()
    {
        using var response = Returned(200);
        var pipeline = new ResiliencePipelineBuilder().AddFluxgateBreaker(new FluxgateBreaker("responses")).Build();
        var context = ResilienceContextPool.Shared.Get();

        Assert.Equal(0, Allocated.ByACall(Call));

        void Call()
        {
            var call = pipeline.ExecuteOutcomeAsync(
                static (_, ready) => new ValueTask<Outcome<HttpResponseMessage>>(Outcome.FromResult(ready)),
                context,
                response
            );
            Assert.True(call.IsCompletedSuccessfully);
        }
    }

    private static HttpResponseMessage Returned(int status) => new((HttpStatusCode)status);

    private static HttpRequestException Thrown(int status) => new("thrown", null, (HttpStatusCode)status);

    private IEnumerable<int> StatusesThatFail(Action<int> call)
    {
        foreach (var status in Enumerable.Range(100, 900))
        {
            var before = _world.Now.Failures;
            _ = Record.Exception(() => call(status));
            if (_world.Now.Failures > before)
            {
                yield return status;
            }
        }
    }
}
