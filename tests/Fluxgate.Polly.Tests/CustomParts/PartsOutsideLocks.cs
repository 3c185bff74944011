using static Fluxgate.Broken;

namespace Fluxgate;

/// <summary>Rule 8: while a part runs, other threads can use the breaker.</summary>
public sealed class PartsOutsideLocks
{
    private static readonly string[] Kinds =
    [
        "record",
        "read",
        "tripper",
        "explain",
        "break",
        "permit",
        "randomizer",
        "recovery",
        "listener",
    ];

    public static TheoryData<string> Parts => [.. Kinds];

    [Theory]
    [MemberData(nameof(Parts))]
    public void Other_threads_use_the_breaker_while_a_part_runs(string part)
    {
        FluxgateBreaker? breaker = null;
        var (entered, through) = (0, false);

        bool Enter(string which)
        {
            if (string.Equals(which, part, StringComparison.Ordinal) && breaker is not null && Interlocked.Exchange(ref entered, 1) == 0)
            {
                // On another thread, which would wait forever for a lock that is held here.
                var other = new Thread(() =>
                {
                    breaker.Snapshot();
                    breaker.TryAdmit(out var admission);
                    admission?.Settle(Verdict.Success);
                    breaker.ForceOpen();
                });
                other.Start();
                through = other.Join(TimeSpan.FromMinutes(1));
            }

            return true;
        }

        breaker = new(
            "payments",
            new()
            {
                Window = new OwnWindow(() => new OwnState(() => Enter("record"), () => Enter("read") ? Calls.Many(9, 9) : default)),
                Tripper = new OwnTripper(
                    () => Enter("tripper") && part is "explain" or "break" or "listener",
                    () => Enter("explain") ? new("Own", null, null, "own") : throw Error
                ),
                BreakDuration = new OwnBreak(() => Enter("break") ? TimeSpan.FromSeconds(1) : default),
                Permit = new OwnPermit(() => Enter("permit")) & Permit.Random(0.5),
                Randomizer = () => Enter("randomizer") ? 0.1 : 1,
                Recovery = new OwnRecovery(() => Enter("recovery")),
                Listeners = { _ => Enter("listener") },
                InitialState = BreakerState.HalfOpen,
            },
            new VirtualTime()
        );

        // The first probe does not ask the permit; the second does.
        Assert.True(breaker.TryAdmit(out var first));
        breaker.TryAdmit(out _);
        first.Settle(Verdict.Success);

        Assert.True(through, $"{part} runs under a lock, or never");
        Assert.Equal(BreakerState.ForcedOpen, breaker.State);
    }
}
