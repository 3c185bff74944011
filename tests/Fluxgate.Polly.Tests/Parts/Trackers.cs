using Polly;

namespace Fluxgate;

public sealed class Trackers
{
    private static readonly TimeoutException Timeout = new();
    private static readonly InvalidOperationException Invalid = new();
    private static readonly ArgumentNullException ArgumentNull = new();

    private static readonly Tracker Timeouts = Tracker.TypeOf<TimeoutException>();
    private static readonly Tracker<int> From500 = Tracker.Result<int>(status => status >= 500);

    /// <summary>Matches both kinds: timeout exceptions, and results of 500 and above.</summary>
    private static readonly Tracker<int> Both = Timeouts | From500;

    [Fact]
    public void TypeOf_tracks_derived_types()
    {
        Assert.True(Tracker.TypeOf<ArgumentException>().Matches(ArgumentNull));
        Assert.False(Tracker.TypeOf<ArgumentException>().Matches(Timeout));
    }

    [Fact]
    public void TypeOf_can_be_narrowed_by_a_predicate()
    {
        var tracker = Tracker.TypeOf<ArgumentException>(argument => argument.ParamName is "amount");

        Assert.True(tracker.Matches(new ArgumentException("bad", "amount")));
        Assert.False(tracker.Matches(ArgumentNull));
        Assert.False(tracker.Matches(Timeout));
    }

    [Fact]
    public void When_calls_a_predicate_and_All_matches_everything()
    {
        Assert.True(Tracker.When(exception => exception.Message is "x").Matches(new InvalidOperationException("x")));
        Assert.False(Tracker.When(exception => exception.Message is "x").Matches(Timeout));
        Assert.True(Tracker.All.Matches(Invalid));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void And_or_and_not_are_logical(bool left, bool right)
    {
        var (first, second) = (Tracker.When(_ => left), Tracker.When(_ => right));
        Assert.Equal(
            (left && right, left || right, !left),
            ((first & second).Matches(Invalid), (first | second).Matches(Invalid), (!first).Matches(Invalid))
        );

        var (typedFirst, typedSecond) = (Tracker.When<int>(_ => left), Tracker.When<int>(_ => right));
        foreach (var outcome in new[] { Outcome.FromResult(1), Outcome.FromException<int>(Invalid) })
        {
            Assert.Equal(
                (left && right, left || right, !left),
                ((typedFirst & typedSecond).Matches(outcome), (typedFirst | typedSecond).Matches(outcome), (!typedFirst).Matches(outcome))
            );
        }
    }

    [Fact]
    public void A_tracker_of_exceptions_matches_no_result()
    {
        AssertTracks(Timeouts, timeout: true, invalid: false, ok: false, error: false);
        AssertTracks(!Timeouts, timeout: false, invalid: true, ok: false, error: false);
        AssertTracks(!Timeouts.For<int>(), timeout: false, invalid: true, ok: false, error: false);
    }

    [Fact]
    public void A_tracker_of_results_matches_no_exception()
    {
        AssertTracks(From500, timeout: false, invalid: false, ok: false, error: true);
        AssertTracks(!From500, timeout: false, invalid: false, ok: true, error: false);
    }

    [Fact]
    public void Or_matches_both_kinds_and_its_complement_covers_both()
    {
        AssertTracks(Both, timeout: true, invalid: false, ok: false, error: true);
        AssertTracks(From500 | Timeouts, timeout: true, invalid: false, ok: false, error: true);
        AssertTracks(!Both, timeout: false, invalid: true, ok: true, error: false);
        AssertTracks(!!Both, timeout: true, invalid: false, ok: false, error: true);
    }

    [Fact]
    public void And_matches_only_the_kinds_of_both_sides()
    {
        AssertTracks(Both & Tracker.All, timeout: true, invalid: false, ok: false, error: false);
        AssertTracks(Both & From500, timeout: false, invalid: false, ok: false, error: true);
        AssertTracks(Both & !Both, timeout: false, invalid: false, ok: false, error: false);
    }

    [Fact]
    public void When_of_a_result_type_receives_the_outcome()
    {
        var tracker = Tracker.When<int>(outcome => outcome.Exception is TimeoutException || outcome.Result >= 500);

        AssertTracks(tracker, timeout: true, invalid: false, ok: false, error: true);
        AssertTracks(!tracker, timeout: false, invalid: true, ok: true, error: false);
    }

    [Fact]
    public void Sides_are_evaluated_left_to_right_and_short_circuit()
    {
        var asked = new List<string>();
        Tracker Asks(string name, bool answer) => Tracker.When(_ => Note(asked, name, answer));

        Assert.True((Asks("a", true) | Asks("b", true)).Matches(Invalid));
        Assert.False((Asks("c", false) & Asks("d", true)).Matches(Invalid));

        Assert.Equal(["a", "c"], asked);
    }

    [Fact]
    public void Null_is_a_result()
    {
        var nothing = Tracker.Result<string?>(text => text is null);

        Assert.True(nothing.Matches(Outcome.FromResult<string?>(null)));
        Assert.False(nothing.Matches(Outcome.FromResult<string?>("something")));
    }

    private static bool Note(List<string> asked, string name, bool answer)
    {
        asked.Add(name);
        return answer;
    }

    private static void AssertTracks(Tracker<int> tracker, bool timeout, bool invalid, bool ok, bool error) =>
        Assert.Equal(
            (timeout, invalid, ok, error),
            (
                tracker.Matches(Outcome.FromException<int>(Timeout)),
                tracker.Matches(Outcome.FromException<int>(Invalid)),
                tracker.Matches(Outcome.FromResult(200)),
                tracker.Matches(Outcome.FromResult(500))
            )
        );
}
