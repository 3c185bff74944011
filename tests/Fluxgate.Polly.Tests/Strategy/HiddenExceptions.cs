using Polly;

namespace Fluxgate;

public sealed class HiddenExceptions
{
    private static readonly Tracker Hidden = Tracker.Inner<HttpRequestException>();

    private readonly World _world = new();

    public static TheoryData<Exception> ThatHideAFailedRequest =>
        [
            new HttpRequestException(),
            new AggregateException(new InvalidOperationException(), new HttpRequestException()),
            new AggregateException(new AggregateException(new HttpRequestException())),
            new InvalidOperationException("retries exhausted", new InvalidDataException("entity", new HttpRequestException())),
            new InvalidOperationException("wrapped", new AggregateException(new InvalidDataException("deep", new HttpRequestException()))),
        ];

    [Theory]
    [MemberData(nameof(ThatHideAFailedRequest))]
    public async Task An_inner_exception_is_a_failure_at_any_depth(Exception exception)
    {
        Assert.True(Hidden.Matches(exception));
        await _world.Pipeline<int>(options => options.Tracker = Hidden).Throws(exception);
        _world.Counted(failures: 1);
    }

    [Fact]
    public void An_exception_of_another_type_is_not_selected()
    {
        Assert.False(Hidden.Matches(new InvalidOperationException()));
        Assert.False(Hidden.Matches(new AggregateException(new InvalidOperationException())));
        Assert.False(Hidden.Matches(new AggregateException()));
    }

    [Fact]
    public void The_predicate_selects_among_the_inner_exceptions()
    {
        var fatal = Tracker.Inner<InvalidDataException>(exception => exception.Message == "fatal");

        Assert.True(fatal.Matches(new AggregateException(new InvalidDataException("mild"), new InvalidDataException("fatal"))));
        Assert.False(fatal.Matches(new AggregateException(new InvalidDataException("mild"))));
    }

    [Fact]
    public void The_failure_of_a_blocking_wait_is_selected()
    {
        var failed = Task.FromException<int>(new HttpRequestException());

        Assert.True(Hidden.Matches(Record.Exception(() => failed.Wait())!));
        Assert.True(Hidden.Matches(Record.Exception(() => Task.WhenAll(failed, failed).Wait())!));
        Assert.False(Tracker.TypeOf<HttpRequestException>().Matches(Record.Exception(() => failed.Wait())!));
    }

    [Fact]
    public async Task A_canceled_caller_is_recognized_inside_an_aggregate()
    {
        await EndAfterCancelling(
            new AggregateException(new OperationCanceledException(), new AggregateException(new TaskCanceledException()))
        );
        _world.Counted(ignored: 1);
    }

    [Fact]
    public async Task A_failure_beside_the_cancellations_of_an_aggregate_counts()
    {
        await EndAfterCancelling(new AggregateException(new OperationCanceledException(), new HttpRequestException()));
        await EndAfterCancelling(new AggregateException());
        _world.Counted(failures: 2);
    }

    private async Task EndAfterCancelling(Exception exception)
    {
        using var caller = new CancellationTokenSource();
        await _world
            .Pipeline<int>()
            .Outcome(
                _ =>
                {
                    caller.Cancel();
                    return new(Outcome.FromException<int>(exception));
                },
                caller.Token
            );
    }
}
