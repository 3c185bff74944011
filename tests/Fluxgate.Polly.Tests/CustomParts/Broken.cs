namespace Fluxgate;

/// <summary>Parts made of lambdas, so that a test can make each of them fail at a chosen point.</summary>
internal static class Broken
{
    public static InvalidOperationException Error { get; } = new("broken");

    public static T Throw<T>() => throw Error;

    internal sealed class OwnWindow(Func<WindowState> start) : Window
    {
        public override WindowState Start(WindowContext context) => start();
    }

    internal sealed class OwnState(Action record, Func<CallCounts> read) : WindowState
    {
        public override void Record(in CallCounts call) => record();

        public override CallCounts Read() => read();
    }

    internal sealed class OwnTripper(Func<bool>? fires = null, Func<Finding>? explain = null, Func<Tripper>? start = null) : Tripper
    {
        public override Tripper Start() => start is null ? this : start();

        public override bool Fires(in TripperContext reading) => fires is null || fires();

        public override Finding Explain(in TripperContext reading) => explain is null ? new("Own", null, null, "own") : explain();
    }

    internal sealed class OwnBreak(Func<TimeSpan> next) : BreakDuration
    {
        public override TimeSpan Next(in BreakDurationContext context) => next();
    }

    internal sealed class OwnPermit(Func<bool>? admits = null, Func<Permit>? start = null) : Permit
    {
        public override Permit Start() => start is null ? this : start();

        public override bool Admits(in PermitContext context) => admits is null || admits();
    }

    internal sealed class OwnRecovery(Func<bool>? isOver = null, Func<Recovery>? start = null) : Recovery
    {
        public override Recovery Start() => start is null ? this : start();

        public override bool IsComplete(in RecoveryContext context) => isOver is null || isOver();
    }

    /// <summary>Asserts that this many errors of one source were counted and reported.</summary>
    public static void AssertFailed(this World world, UserErrorSource source, int times, string? message = "broken")
    {
        // First, since a snapshot also reads the window.
        var now = world.Now;
        var notices = world.Notices.OfType<UserErrorNotice>().ToArray();
        Assert.Equal(times, now.UserErrors(source));
        Assert.Equal(times, notices.Length);
        Assert.All(
            notices,
            notice =>
                Assert.Equal(
                    (source, "payments", message ?? notice.Error.Message),
                    (notice.Source, notice.CircuitName, notice.Error.Message)
                )
        );
    }
}
