using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Fluxgate;

/// <summary>External names and reasons in texts for people: they add no line to a log and no command to a terminal.</summary>
public sealed class SingleLineTexts
{
    private const string Forged = "payments\r\n2026-01-01 ERROR root: forged\u0085\u2028\u2029\u001b[31m\u009b2J\u202e\u2066\0";

    private readonly World _world = new(new() { Tripper = new ForgedTripper() }, Forged);

    [Fact]
    public void A_signal_is_one_line()
    {
        _world.Breaker.Trip(Forged);

        IsOneLine(_world.Signals.Single().ToString());
    }

    [Fact]
    public void A_reason_is_one_line_whatever_its_source()
    {
        _world.Fail();
        _world.Breaker.ForceOpen(Forged);

        Assert.All(_world.Signals, signal => IsOneLine(signal.Reason.Text));
        Assert.Equal(2, _world.Signals.Count);
    }

    [Fact]
    public void A_snapshot_is_one_line() => IsOneLine(_world.Now.ToString());

    [Fact]
    public void A_rejection_is_one_line()
    {
        _world.Breaker.ForceOpen(Forged);

        IsOneLine(Assert.Throws<CallNotPermittedException>(() => _world.Pipeline().Execute(() => { })).Message);
    }

    [Fact]
    public void A_notice_is_one_line()
    {
        _world.Breaker.MetricsOnly();
        _world.Fail();
        _world.Breaker.Reconfigure(new() { Tripper = new ForgedTripper(), Recovery = new ForgedRecovery() });
        var broken = _world.Pipeline(options => options.Tracker = Tracker.When(_ => throw new InvalidOperationException(Forged)));
        Assert.Throws<TimeoutException>(() => broken.Execute(() => throw new TimeoutException()));

        Assert.Equal(
            [typeof(WouldTripNotice), typeof(ReconfiguredNotice), typeof(UserErrorNotice)],
            _world.Notices.Select(notice => notice.GetType())
        );
        Assert.All(_world.Notices, notice => IsOneLine(notice.ToString()!));
    }

    [Fact]
    public void The_reason_on_an_activity_is_one_line()
    {
        using var activity = new Activity("call") { ActivityTraceFlags = ActivityTraceFlags.Recorded, IsAllDataRequested = true }.Start();
        _world.Breaker.ForceOpen(Forged);
        _ = Record.Exception(() => _world.Pipeline().Execute(() => { }));

        var tags = activity.Events.Single().Tags.ToDictionary();
        IsOneLine((string)tags["reason"]!);
        Assert.Equal(Forged, tags["circuit_name"]);
    }

    [Theory]
    [InlineData("결제 – 東京 🔥 \"a\" {b} \\n")]
    [InlineData("\u200d\u200c")]
    public void Other_texts_are_unchanged(string text)
    {
        _world.Breaker.Trip(text);

        Assert.Equal(text, _world.Signals.Single().Reason.Text);
    }

    [Fact]
    public void The_circuit_name_is_unchanged() => Assert.Equal(Forged, _world.Now.CircuitName);

    private static void IsOneLine(string text)
    {
        Assert.Contains("forged", text, StringComparison.Ordinal);
        Assert.DoesNotContain(
            text.EnumerateRunes(),
            rune =>
                Rune.GetUnicodeCategory(rune)
                    is UnicodeCategory.Control
                        or UnicodeCategory.LineSeparator
                        or UnicodeCategory.ParagraphSeparator
                || rune.Value is 0x202e or 0x2066
        );
    }

    private sealed class ForgedTripper : Tripper
    {
        public override bool Fires(in TripperContext reading) => true;

        public override string ToString() => Forged;
    }

    private sealed class ForgedRecovery : Recovery
    {
        public override bool IsComplete(in RecoveryContext context) => false;

        public override string ToString() => Forged;
    }
}
