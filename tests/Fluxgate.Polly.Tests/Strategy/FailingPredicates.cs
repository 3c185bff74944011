using Polly;
using Polly.CircuitBreaker;

namespace Fluxgate;

public sealed class FailingPredicates
{
    private static readonly ArithmeticException Bug = new("a bug in a predicate");

    private readonly World _world = new();

    public static TheoryData<string, Action<FluxgateBreakerOptions<int>>> Broken =>
        new()
        {
            { "ShouldHandle throws", options => options.ShouldHandle = _ => throw Bug },
            { "ShouldHandle fails", options => options.ShouldHandle = _ => ValueTask.FromException<bool>(Bug) },
            { "ShouldHandle fails late", options => options.ShouldHandle = FailsLate },
            { "ShouldIgnore throws", options => options.ShouldIgnore = _ => throw Bug },
            { "ShouldIgnore fails late", options => options.ShouldIgnore = FailsLate },
            { "Tracker throws", options => options.Tracker = Tracker.When<int>(_ => throw Bug) },
        };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task The_call_is_ignored_and_the_error_reported(string how, Action<FluxgateBreakerOptions<int>> configure)
    {
        var pipeline = _world.Pipeline(configure);
        var own = new TimeoutException(how);
        Assert.Equal(7, (await pipeline.Returns(7)).Result);
        Assert.Same(own, (await pipeline.Throws(own)).Exception);

        _world.Counted(ignored: 2);
        Assert.Equal(2, _world.Now.UserErrors(UserErrorSource.Predicate));
        Assert.Equal(
            [(UserErrorSource.Predicate, Bug), (UserErrorSource.Predicate, Bug)],
            _world.Notices.Cast<UserErrorNotice>().Select(notice => (notice.Source, (ArithmeticException)notice.Error))
        );
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task A_callback_that_suspends_settles_the_same_way(string how, Action<FluxgateBreakerOptions<int>> configure)
    {
        var own = new TimeoutException(how);
        var answer = new TaskCompletionSource<Outcome<int>>();
        var call = _world.Pipeline(configure).Outcome(_ => new(answer.Task));
        Assert.Equal(1, _world.Now.InFlight);
        answer.SetResult(Outcome.FromException<int>(own));
        var outcome = await call;
        Assert.Same(own, outcome.Exception);
        _world.Counted(ignored: 1);
        Assert.Equal(1, _world.Now.UserErrors(UserErrorSource.Predicate));
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task A_probe_returns_its_permit(string how, Action<FluxgateBreakerOptions<int>> configure)
    {
        var world = new World(new() { InitialState = BreakerState.HalfOpen, Permit = Permit.MaxConcurrent(1) });
        await world.Pipeline(configure).Throws(new TimeoutException(how));
        Assert.Equal((BreakerState.HalfOpen, 0), (world.State, world.Now.HalfOpenInFlight));
        world.Succeed();
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task While_disabled_no_predicate_is_called_and_nothing_counted(string how, Action<FluxgateBreakerOptions<int>> configure)
    {
        _world.Breaker.Disable();
        var pipeline = _world.Pipeline(configure);
        var own = new TimeoutException(how);
        Assert.Same(own, (await pipeline.Throws(own)).Exception);

        var answer = new TaskCompletionSource<Outcome<int>>();
        var suspended = pipeline.Outcome(_ => new(answer.Task));
        answer.SetResult(Outcome.FromResult(7));
        Assert.Equal(7, (await suspended).Result);

        _world.Counted();
        Assert.Equal(0, _world.Now.UserErrors(UserErrorSource.Predicate));
    }

    [Fact]
    public async Task No_predicate_is_called_for_a_rejection()
    {
        var asked = 0;
        var pipeline = _world.Pipeline<int>(options =>
            options.ShouldHandle = _ =>
            {
                asked++;
                return PredicateResult.True();
            }
        );
        _world.Breaker.Trip();
        Assert.IsType<CallNotPermittedException>((await pipeline.Returns(7)).Exception);
        Assert.Equal(0, asked);
        _world.Counted(rejected: 1);
    }

    private static async ValueTask<bool> FailsLate(CircuitBreakerPredicateArguments<int> args)
    {
        await Task.Yield();
        throw Bug;
    }
}
