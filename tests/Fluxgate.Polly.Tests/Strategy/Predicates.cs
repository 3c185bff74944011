using Polly;
using Polly.CircuitBreaker;

namespace Fluxgate;

public sealed class Predicates
{
    private readonly World _world = new();

    [Fact]
    public async Task ShouldHandle_selects_failures()
    {
        var pipeline = _world.Pipeline<int>(options => options.ShouldHandle = args => new(args.Outcome.Result == 500));
        await pipeline.Returns(500);
        await pipeline.Returns(200);
        await pipeline.Throws(new TimeoutException());
        _world.Counted(successes: 2, failures: 1);
    }

    [Fact]
    public async Task ShouldHandle_receives_context_and_outcome_of_the_call()
    {
        var received = new List<(ResilienceContext, Outcome<int>)>();
        var pipeline = _world.Pipeline<int>(options =>
            options.ShouldHandle = args =>
            {
                received.Add((args.Context, args.Outcome));
                return PredicateResult.True();
            }
        );
        var context = ResilienceContextPool.Shared.Get();
        var error = new TimeoutException();
        await pipeline.ExecuteOutcomeAsync((_, _) => new ValueTask<Outcome<int>>(Outcome.FromResult(7)), context, 0);
        await pipeline.ExecuteOutcomeAsync((_, thrown) => new ValueTask<Outcome<int>>(Outcome.FromException<int>(thrown)), context, error);

        Assert.Equal([context, context], received.Select(call => call.Item1));
        Assert.Equal((7, null), (received[0].Item2.Result, received[0].Item2.Exception));
        Assert.Same(error, received[1].Item2.Exception);
    }

    [Fact]
    public async Task A_call_is_in_flight_until_an_asynchronous_ShouldHandle_completes()
    {
        var answer = new TaskCompletionSource<bool>();
        var call = _world.Pipeline<int>(options => options.ShouldHandle = _ => new(answer.Task)).Returns(7);
        Assert.Equal((1, 0), (_world.Now.InFlight, _world.Now.Requests));

        answer.SetResult(true);
        Assert.Equal(7, (await call).Result);
        _world.Counted(failures: 1);
    }

    [Fact]
    public async Task ShouldHandle_accepts_a_PredicateBuilder()
    {
        var pipeline = _world.Pipeline<int>(options =>
            options.ShouldHandle = new PredicateBuilder<int>().Handle<TimeoutException>().HandleResult(500)
        );
        await pipeline.Returns(500);
        await pipeline.Throws(new TimeoutException());
        await pipeline.Returns(200);
        await pipeline.Throws(new ArgumentException("not handled"));
        _world.Counted(successes: 2, failures: 2);
    }

    [Fact]
    public void ShouldHandle_receives_results_of_every_type_when_non_generic()
    {
        var pipeline = _world.Pipeline(options =>
            options.ShouldHandle = new PredicateBuilder().HandleResult(result => result is 500 or "broken" or null)
        );
        pipeline.Execute(() => 500);
        pipeline.Execute(() => "broken");
        pipeline.Execute(string? () => null);
        pipeline.Execute(() => 200);
        pipeline.Execute(() => "well");
        _world.Counted(successes: 2, failures: 3);
    }

    [Fact]
    public async Task A_tracker_selects_failures()
    {
        var pipeline = _world.Pipeline<int>(options =>
            options.Tracker = Tracker.TypeOf<TimeoutException>() | Tracker.Result<int>(result => result >= 500)
        );
        await pipeline.Returns(500);
        await pipeline.Throws(new TimeoutException());
        await pipeline.Returns(499);
        await pipeline.Throws(new ArgumentException("not tracked"));
        _world.Counted(successes: 2, failures: 2);
    }

    [Fact]
    public void A_tracker_receives_exceptions_and_results_when_non_generic()
    {
        var exceptions = _world.Pipeline(options => options.Tracker = Tracker.TypeOf<TimeoutException>());
        Assert.Throws<TimeoutException>(() => exceptions.Execute(() => throw new TimeoutException()));
        Assert.Throws<ArgumentException>(() => exceptions.Execute(() => throw new ArgumentException("not tracked")));
        exceptions.Execute(() => 500);
        _world.Counted(successes: 2, failures: 1);

        var results = _world.Pipeline(options => options.Tracker = Tracker.Result<object>(result => result is 500));
        results.Execute(() => 500);
        _world.Counted(successes: 2, failures: 2);
    }

    [Fact]
    public async Task ShouldIgnore_is_called_first()
    {
        var asked = 0;
        var pipeline = _world.Pipeline<int>(options =>
        {
            options.ShouldIgnore = args => new(args.Outcome.Result == 404 || args.Outcome.Exception is ArgumentException);
            options.ShouldHandle = _ =>
            {
                asked++;
                return PredicateResult.True();
            };
        });
        await pipeline.Returns(404);
        await pipeline.Throws(new ArgumentException("ignored"));
        Assert.Equal(0, asked);
        await pipeline.Returns(500);
        Assert.Equal(1, asked);
        _world.Counted(failures: 1, ignored: 2);
    }

    [Fact]
    public async Task ShouldIgnore_works_with_a_tracker_and_with_the_default()
    {
        var tracked = _world.Pipeline<int>(options =>
        {
            options.ShouldIgnore = Tracker.TypeOf<ArgumentException>().For<int>();
            options.Tracker = Tracker.Result<int>(result => result == 500);
        });
        await tracked.Throws(new ArgumentException("ignored"));
        await tracked.Returns(500);
        await tracked.Throws(new TimeoutException());
        _world.Counted(successes: 1, failures: 1, ignored: 1);

        var byDefault = _world.Pipeline(options => options.ShouldIgnore = args => new(args.Outcome.Exception is ArgumentException));
        Assert.Throws<ArgumentException>(() => byDefault.Execute(() => throw new ArgumentException("ignored")));
        Assert.Throws<TimeoutException>(() => byDefault.Execute(() => throw new TimeoutException()));
        _world.Counted(successes: 1, failures: 2, ignored: 2);
    }

    [Fact]
    public async Task Only_ShouldIgnore_is_called_for_an_abandoned_call()
    {
        using var caller = new CancellationTokenSource();
        Func<CircuitBreakerPredicateArguments<int>, ValueTask<bool>> never = _ => throw new InvalidOperationException("asked");
        var called = 0;
        Func<CircuitBreakerPredicateArguments<int>, ValueTask<bool>> count = _ => new(++called < 0);
        await _world
            .Pipeline<int>(options => (options.ShouldIgnore, options.ShouldHandle) = (count, never))
            .Outcome(
                context =>
                {
                    caller.Cancel();
                    return new(Outcome.FromException<int>(new OperationCanceledException(context.CancellationToken)));
                },
                caller.Token
            );
        _world.Counted(ignored: 1);
        Assert.Equal((1, 0), (called, _world.Now.UserErrors(UserErrorSource.Predicate)));
    }
}
