namespace Fluxgate;

/// <summary>A count window stores only the places of failures; these tests preempt the thread that stores one.</summary>
public sealed class ConcurrentCountWindows
{
    private const int Size = 20;

    [Fact]
    public void A_window_of_failures_contains_only_failures()
    {
        var world = new World(new() { Window = Window.Count(Size), Tripper = new FailuresAtLeast(int.MaxValue) });
        var rounds = 0;
        ConcurrentWork.Rounds(
            100,
            () => rounds++,
            _ => world.Fail(200),
            () => Assert.True(world.Now is { WindowFailures: Size, WindowRequests: Size }, $"Round {rounds}: {world.Now.WindowFailures}"),
            threads: 8
        );
    }

    // Each thread records a whole window of successes between its failures, so no window ever contains two failures of one thread.
    [Fact]
    public void Failures_of_different_windows_never_trip_together()
    {
        var world = new World(new() { Window = Window.Count(Size), Tripper = new FailuresAtLeast(ConcurrentWork.Threads + 1) });
        ConcurrentWork.Run(_ =>
        {
            for (var call = 0; call < 10_000 * (Size + 1); call++)
            {
                if (world.Breaker.TryAdmit(out var admission))
                {
                    admission.Settle(call % (Size + 1) == 0 ? Verdict.Failure : Verdict.Success);
                }
            }
        });
        Assert.Empty(world.Signals.Select(signal => signal.ToString()));
    }

    private sealed class FailuresAtLeast(int number) : Tripper
    {
        public override bool Fires(in TripperContext reading) => reading.Failures >= number;

        public override Finding Explain(in TripperContext reading) =>
            new(Kind, reading.Failures, number, $"{reading.Failures} of {reading.Requests}");
    }
}
