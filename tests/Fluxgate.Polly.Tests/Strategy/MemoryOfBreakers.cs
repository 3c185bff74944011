using Xunit.Abstractions;

namespace Fluxgate;

/// <summary>Checks what a breaker keeps beside what breakers of the same settings share. docs/performance.md measures the heap itself.</summary>
public sealed class MemoryOfBreakers(ITestOutputHelper output)
{
    // 1.4 KB.
    private const long MostBytes = 1_434;

    private static readonly FluxgateBreakerSettings OfTimeWindow = new() { Window = Window.Time(TimeSpan.FromSeconds(10)) };

    [Fact]
    public void A_breaker_with_a_count_window_is_small() => IsSmall(new(), turned: false);

    [Fact]
    public void A_breaker_with_a_time_window_is_small() => IsSmall(OfTimeWindow, turned: false);

    [Fact]
    public void A_time_window_stays_small_after_its_first_bucket() => IsSmall(OfTimeWindow, turned: true);

    [Fact]
    public void Breakers_of_one_settings_object_share_their_rules() =>
        Assert.Same(
            new FluxgateBreaker("one", OfTimeWindow).Machine.Phase.Rules,
            new FluxgateBreaker("two", OfTimeWindow).Machine.Phase.Rules
        );

    [Fact]
    public void Settings_that_changed_make_other_rules()
    {
        var settings = new FluxgateBreakerSettings();
        var before = new FluxgateBreaker("before", settings);
        settings.ProbeLease = TimeSpan.FromSeconds(7);
        var after = new FluxgateBreaker("after", settings);

        Assert.Equal(
            (TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(7)),
            (before.CopySettings().ProbeLease, after.CopySettings().ProbeLease)
        );
    }

    [Fact]
    public void A_slow_call_rule_keeps_at_most_400_bytes_more()
    {
        var withSlowRule = new FluxgateBreakerSettings
        {
            Window = OfTimeWindow.Window,
            Tripper = Tripper.SlowRate(0.5, TimeSpan.FromSeconds(1)),
        };

        Assert.InRange(IsSmall(withSlowRule, turned: false) - IsSmall(OfTimeWindow, turned: false), 100, 400);
    }

    private long IsSmall(FluxgateBreakerSettings settings, bool turned)
    {
        var time = new VirtualTime();
        var (one, other) = (new FluxgateBreaker("payments", settings, time), new FluxgateBreaker("payments", settings, time));
        for (var call = 0; turned && call < 3; call++)
        {
            one.Admit().Settle(Verdict.Success);
            time.Advance(TimeSpan.FromSeconds(1.5));
        }

        var bytes = ObjectGraph.BytesOf(one, sharedWith: other);
        output.WriteLine($"{bytes} B");
        Assert.InRange(bytes, 500, settings.Tripper is SlowRate ? MostBytes + 400 : MostBytes);
        return bytes;
    }
}
